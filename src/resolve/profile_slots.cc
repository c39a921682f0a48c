#include "resolve/profile_slots.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "config/profile.h"

namespace start_claude::resolve {
namespace {

constexpr std::array<Origin, 3> origins{Origin::ancestor, Origin::local, Origin::remote};
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
      : configs_{configs.ancestor, configs.local, configs.remote} {
    for (const Origin origin : origins) {
      const json::Array& entries = entries_of(origin);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        cards(origin).push_back({config::id_of(entries[i]),
                                 base::fold_case(config::name_of(entries[i])),
                                 !config::is_tombstone(entries[i]), places_.size()});
        places_.push_back({no_index, no_index, no_index});
        place(cards(origin).back().slot, origin) = i;
      }
    }
  }

  Slots run() {
    for (const Key key : keys) {
      if (!all_are_matched()) join_by(key);
    }
    Slots result;
    std::vector<std::size_t> number(places_.size(), no_index);
    for (const Origin origin : origins) {
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
  /// Where a profile stands in `configs` of each document, by Origin; no_index where it is not.
  using Places = std::array<std::size_t, 3>;

  std::size_t& place(std::size_t slot, Origin origin) {
    return places_[slot][static_cast<std::size_t>(origin)];
  }
  std::size_t place(std::size_t slot, Origin origin) const {
    return places_[slot][static_cast<std::size_t>(origin)];
  }

  bool all_are_matched() const {
    return std::all_of(cards_.begin(), cards_.end(), [&](const std::vector<Card>& cards) {
      return std::all_of(cards.begin(), cards.end(), [&](const Card& card) {
        const Places& places = places_[card.slot];
        return std::find(places.begin(), places.end(), no_index) == places.end();
      });
    });
  }

  std::vector<Card>& cards(Origin origin) { return cards_[static_cast<std::size_t>(origin)]; }

  const json::Array& entries_of(Origin origin) const {
    static const json::Array none;
    const json::Value* configs = configs_[static_cast<std::size_t>(origin)];
    return configs != nullptr && configs->as_array() != nullptr ? *configs->as_array() : none;
  }

  Versions versions_of(std::size_t slot) const {
    const auto entry = [&](Origin origin) {
      const std::size_t index = place(slot, origin);
      return index == no_index ? nullptr : &entries_of(origin)[index];
    };
    return {entry(Origin::ancestor), entry(Origin::local), entry(Origin::remote)};
  }

  bool has(const Card& card, Origin origin) const {
    return place(card.slot, origin) != no_index;
  }

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
    for (const Origin origin : origins) {
      if (place(a, origin) != no_index && place(b, origin) != no_index) return false;
    }
    return true;
  }

  void join(std::size_t into, std::size_t from) {
    if (into == from || !can_join(into, from)) return;
    for (const Origin origin : origins) {
      const std::size_t index = place(from, origin);
      if (index == no_index) continue;
      place(into, origin) = std::exchange(place(from, origin), no_index);
      cards(origin)[index].slot = into;
    }
  }

  void join_by(Key key) {
    // Both sides are compared with the ancestor before either is joined, so that neither goes
    // first.
    const auto to_local = pairs(Origin::ancestor, Origin::local, key);
    const auto to_remote = pairs(Origin::ancestor, Origin::remote, key);
    for (std::size_t i = 0; i < to_local.size(); ++i) {
      const std::size_t slot = cards(Origin::ancestor)[i].slot;
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
    const auto sides = pairs(Origin::local, Origin::remote, key);
    for (std::size_t i = 0; i < sides.size(); ++i) {
      if (sides[i] == no_index) continue;
      join(cards(Origin::local)[i].slot, cards(Origin::remote)[sides[i]].slot);
    }
  }

  static void label(std::vector<Slot>& slots) {
    std::unordered_set<std::string> taken;
    for (Slot& slot : slots) {
      const Versions& entry = slot.versions;
      slot.label = config::name_of(entry.ancestor != nullptr ? *entry.ancestor
                                   : entry.local != nullptr  ? *entry.local
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

  std::array<const json::Value*, 3> configs_;
  std::array<std::vector<Card>, 3> cards_;
  std::vector<Places> places_;  ///< by slot
};

}  // namespace

Slots match_profiles(const Versions& configs) { return Matcher(configs).run(); }

}  // namespace start_claude::resolve
