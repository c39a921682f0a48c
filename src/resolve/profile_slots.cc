#include "resolve/profile_slots.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "config/profile.h"

namespace start_claude::resolve {
namespace {

constexpr std::size_t no_index = std::numeric_limits<std::size_t>::max();

/// What a profile is recognised by.
struct Card {
  std::optional<std::string> id;
  std::string folded_name;
  bool is_live = true;
  std::size_t slot = no_index;
};

using Key = std::optional<std::string> (*)(const Card&);

std::string with_name(std::string text, const Card& card) {
  return std::move(text) + '\0' + card.folded_name;
}
std::string with_life(std::string text, const Card& card) {
  return std::move(text) + '\0' + (card.is_live ? "live" : "deleted");
}

/// From the surest to the loosest. A name alone never separates what an id has joined. The finer
/// keys matter only where ids or names are repeated: a tombstone beside its successor, mostly.
constexpr std::array<Key, 5> keys{
    [](const Card& card) -> std::optional<std::string> {
      return card.id ? std::optional(with_life(with_name(*card.id, card), card)) : std::nullopt;
    },
    [](const Card& card) -> std::optional<std::string> {
      return card.id ? std::optional(with_name(*card.id, card)) : std::nullopt;
    },
    [](const Card& card) -> std::optional<std::string> { return card.id; },
    [](const Card& card) -> std::optional<std::string> {
      return with_life(card.folded_name, card);
    },
    [](const Card& card) -> std::optional<std::string> { return card.folded_name; },
};

class Matcher {
 public:
  explicit Matcher(const Versions& configs)
      : configs_(configs), cards_(configs.ancestors.size() + 2) {
    for (std::size_t i = 0; i < configs.ancestors.size(); ++i) {
      origins_.push_back(origin_of_ancestor(i));
    }
    origins_.push_back(Origin::local);
    origins_.push_back(Origin::remote);
    for (const Origin origin : origins_) {
      const json::Array& entries = entries_of(origin);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        cards(origin).push_back({config::id_of(entries[i]),
                                 base::fold_case(config::name_of(entries[i])),
                                 !config::is_tombstone(entries[i]), slot_count()});
        places_.resize(places_.size() + origins_.size(), no_index);
        place(cards(origin).back().slot, origin) = i;
      }
    }
  }

  Slots run() {
    for (const Key key : keys) {
      if (!all_are_matched()) join_by(key);
    }
    Slots result;
    result.order.resize(origins_.size());
    std::vector<std::size_t> number(slot_count(), no_index);
    for (const Origin origin : origins_) {
      for (const Card& card : cards(origin)) {
        if (number[card.slot] == no_index) {
          number[card.slot] = result.slots.size();
          result.slots.push_back({versions_of(card.slot), {}});
        }
        result.order[static_cast<std::size_t>(origin)].push_back(number[card.slot]);
      }
    }
    label(result.slots);
    return result;
  }

 private:
  std::size_t slot_count() const { return places_.size() / origins_.size(); }

  /// Where a profile stands in `configs` of that document; no_index where it is not.
  std::size_t& place(std::size_t slot, Origin origin) {
    return places_[slot * origins_.size() + static_cast<std::size_t>(origin)];
  }
  std::size_t place(std::size_t slot, Origin origin) const {
    return places_[slot * origins_.size() + static_cast<std::size_t>(origin)];
  }

  bool all_are_matched() const {
    return std::all_of(cards_.begin(), cards_.end(), [&](const std::vector<Card>& cards) {
      return std::all_of(cards.begin(), cards.end(), [&](const Card& card) {
        return std::all_of(origins_.begin(), origins_.end(),
                           [&](Origin origin) { return has(card, origin); });
      });
    });
  }

  std::vector<Card>& cards(Origin origin) { return cards_[static_cast<std::size_t>(origin)]; }

  const json::Value* configs_of(Origin origin) const {
    if (origin == Origin::local) return configs_.local;
    if (origin == Origin::remote) return configs_.remote;
    return configs_
        .ancestors[static_cast<std::size_t>(origin) - static_cast<std::size_t>(Origin::ancestor)];
  }

  const json::Array& entries_of(Origin origin) const {
    static const json::Array none;
    const json::Value* configs = configs_of(origin);
    return configs != nullptr && configs->as_array() != nullptr ? *configs->as_array() : none;
  }

  Versions versions_of(std::size_t slot) const {
    const auto entry = [&](Origin origin) {
      const std::size_t index = place(slot, origin);
      return index == no_index ? nullptr : &entries_of(origin)[index];
    };
    Ancestors ancestors(entry(Origin::ancestor));
    if (configs_.ancestors.size() > 1) {
      std::vector<const json::Value*> entries;
      for (std::size_t i = 0; i < configs_.ancestors.size(); ++i) {
        entries.push_back(entry(origin_of_ancestor(i)));
      }
      ancestors = Ancestors(entries);
    }
    return {std::move(ancestors), entry(Origin::local), entry(Origin::remote)};
  }

  bool has(const Card& card, Origin origin) const { return place(card.slot, origin) != no_index; }

  /// For each card of `from` that has no partner in `to`: the card there of the same key that has
  /// none in `from`, the k-th for the k-th.
  std::vector<std::size_t> pairs(Origin from, Origin to, Key key) {
    std::unordered_map<std::string, std::vector<std::size_t>> free;
    const auto& targets = cards(to);
    for (std::size_t i = targets.size(); i-- > 0;) {
      if (has(targets[i], from)) continue;
      if (auto text = key(targets[i])) free[*std::move(text)].push_back(i);
    }
    std::vector<std::size_t> partners(cards(from).size(), no_index);
    if (free.empty()) return partners;
    for (std::size_t i = 0; i < partners.size(); ++i) {
      const Card& card = cards(from)[i];
      if (has(card, to)) continue;
      const auto text = key(card);
      const auto found = text ? free.find(*text) : free.end();
      if (found == free.end() || found->second.empty()) continue;
      partners[i] = found->second.back();
      found->second.pop_back();
    }
    return partners;
  }

  bool can_join(std::size_t a, std::size_t b) const {
    for (const Origin origin : origins_) {
      if (place(a, origin) != no_index && place(b, origin) != no_index) return false;
    }
    return true;
  }

  void join(std::size_t into, std::size_t from) {
    if (into == from || !can_join(into, from)) return;
    for (const Origin origin : origins_) {
      const std::size_t index = place(from, origin);
      if (index == no_index) continue;
      place(into, origin) = std::exchange(place(from, origin), no_index);
      cards(origin)[index].slot = into;
    }
  }

  void join_by(Key key) {
    const std::size_t ancestors = configs_.ancestors.size();
    for (std::size_t i = 0; i < ancestors; ++i) join_sides_to(origin_of_ancestor(i), key);
    join_pairs(Origin::local, Origin::remote, key);
    // What neither side has any more may be in several ancestors.
    for (std::size_t i = 0; i < ancestors; ++i) {
      for (std::size_t k = i + 1; k < ancestors; ++k) {
        join_pairs(origin_of_ancestor(i), origin_of_ancestor(k), key);
      }
    }
  }

  void join_sides_to(Origin ancestor, Key key) {
    // Both sides are compared with the ancestor before either is joined, so that neither goes
    // first.
    const auto to_local = pairs(ancestor, Origin::local, key);
    const auto to_remote = pairs(ancestor, Origin::remote, key);
    for (std::size_t i = 0; i < to_local.size(); ++i) {
      const std::size_t slot = cards(ancestor)[i].slot;
      const std::size_t local =
          to_local[i] == no_index ? slot : cards(Origin::local)[to_local[i]].slot;
      const std::size_t remote =
          to_remote[i] == no_index ? slot : cards(Origin::remote)[to_remote[i]].slot;
      // Two candidates that exclude each other: preferring either side would not be symmetric.
      const bool exclusive =
          local != slot && remote != slot && local != remote && !can_join(local, remote);
      if (exclusive) continue;
      join(slot, local);
      join(slot, remote);
    }
  }

  void join_pairs(Origin from, Origin to, Key key) {
    const auto partners = pairs(from, to, key);
    for (std::size_t i = 0; i < partners.size(); ++i) {
      if (partners[i] == no_index) continue;
      join(cards(from)[i].slot, cards(to)[partners[i]].slot);
    }
  }

  static void label(std::vector<Slot>& slots) {
    std::unordered_set<std::string> taken;
    for (Slot& slot : slots) {
      const Versions& entry = slot.versions;
      const json::Value* ancestor = entry.ancestors.first_present();
      slot.label = config::name_of(ancestor != nullptr      ? *ancestor
                                   : entry.local != nullptr ? *entry.local
                                                            : *entry.remote);
    }
    std::unordered_map<std::string, std::size_t> count;
    for (const Slot& slot : slots) taken.insert(slot.label);
    for (Slot& slot : slots) {
      std::size_t& number = ++count[slot.label];
      if (number == 1) continue;
      const std::string name = slot.label + '#';
      while (!taken.insert(name + std::to_string(number)).second) ++number;
      slot.label = name + std::to_string(number);
    }
  }

  const Versions& configs_;
  std::vector<Origin> origins_;           ///< ancestors first
  std::vector<std::vector<Card>> cards_;  ///< by Origin
  std::vector<std::size_t> places_;       ///< for each slot one by Origin
};

}  // namespace

Slots match_profiles(const Versions& configs) { return Matcher(configs).run(); }

}  // namespace start_claude::resolve
