#include "json/match.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>

#include "json/number.h"

namespace start_claude::json {
namespace {

/// Positions not yet taken, in the order in which they are to be: the first put in comes out first.
template <typename Key>
class Pool {
 public:
  void put(const Key& key, std::size_t position) { positions_[key].push_back(position); }

  std::size_t take(const Key& key) {
    const auto found = positions_.find(key);
    if (found == positions_.end()) return no_match;
    const std::size_t next = taken_[key]++;
    return next < found->second.size() ? found->second[next] : no_match;
  }

 private:
  std::unordered_map<Key, std::vector<std::size_t>> positions_;
  std::unordered_map<Key, std::size_t> taken_;
};

class ElementMatcher {
 public:
  ElementMatcher(const Elements& before, const Elements& after)
      : before_(before),
        after_(after),
        matches_(after.size(), no_match),
        taken_(before.size(), false) {}

  Matches match() {
    match_ends();
    match_equal();
    match_named("id");
    match_named("name");
    match_places();
    return std::move(matches_);
  }

 private:
  bool equal(std::size_t before, std::size_t after) const {
    return *before_[before] == *after_[after];
  }

  void settle(std::size_t before, std::size_t after) {
    matches_[after] = before;
    taken_[before] = true;
  }

  void match_ends() {
    const std::size_t shorter = std::min(before_.size(), after_.size());
    while (start_ < shorter && equal(start_, start_)) {
      settle(start_, start_);
      ++start_;
    }
    before_end_ = before_.size();
    after_end_ = after_.size();
    while (before_end_ > start_ && after_end_ > start_ && equal(before_end_ - 1, after_end_ - 1)) {
      settle(--before_end_, --after_end_);
    }
  }

  void match_equal() {
    Pool<std::uint64_t> pool;
    for (std::size_t i = start_; i < before_end_; ++i) {
      pool.put(hash_of(*before_[i]), i);
    }
    for (std::size_t i = start_; i < after_end_; ++i) {
      const std::size_t found = pool.take(hash_of(*after_[i]));
      // Different values of one hash would go by name or place, like any changed ones.
      if (found != no_match && equal(found, i)) settle(found, i);
    }
  }

  /// What tells one object from another; empty if it has no such member.
  static std::string key_of(const Value& value, std::string_view name) {
    const auto member = value.part(name);
    if (!member) return {};
    if (const std::string* string = member->as_string()) return '"' + *string;
    if (const Number* number = member->as_number()) return normal_number(number->spelling);
    return {};
  }

  void match_named(std::string_view name) {
    Pool<std::string> pool;
    for (std::size_t i = start_; i < before_end_; ++i) {
      if (taken_[i]) continue;
      const std::string key = key_of(*before_[i], name);
      if (!key.empty()) pool.put(key, i);
    }
    for (std::size_t i = start_; i < after_end_; ++i) {
      if (matches_[i] != no_match) continue;
      const std::string key = key_of(*after_[i], name);
      const std::size_t found = key.empty() ? no_match : pool.take(key);
      if (found != no_match) settle(found, i);
    }
  }

  void match_places() {
    std::size_t place = start_;
    for (std::size_t i = start_; i < after_end_; ++i) {
      if (matches_[i] == no_match && place < before_end_ && !taken_[place]) settle(place, i);
      if (matches_[i] != no_match) place = matches_[i] + 1;
    }
  }

  const Elements& before_;
  const Elements& after_;
  Matches matches_;
  std::vector<bool> taken_;
  std::size_t start_ = 0;  // in both; what is outside start_ and the ends is matched
  std::size_t before_end_ = 0;
  std::size_t after_end_ = 0;
};

}  // namespace

Matches match_members(const Names& before, const Names& after) {
  Matches matches(after.size(), no_match);
  if (before == after) {
    std::iota(matches.begin(), matches.end(), std::size_t{0});
    return matches;
  }
  Pool<std::string_view> pool;
  for (std::size_t i = before.size(); i-- > 0;) pool.put(before[i], i);
  for (std::size_t i = after.size(); i-- > 0;) matches[i] = pool.take(after[i]);
  return matches;
}

Matches match_elements(const Elements& before, const Elements& after) {
  return ElementMatcher(before, after).match();
}

}  // namespace start_claude::json
