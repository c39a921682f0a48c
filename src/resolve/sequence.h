// Two orders of one set of keys, woven into one.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace start_claude::resolve {

/// `base` with what only `other` has, each after its predecessor in `other` and after whatever only
/// `base` has at that place. Keys are unique within each sequence. Linear.
template <class Key>
std::vector<Key> interleave(const std::vector<Key>& base, const std::vector<Key>& other) {
  if (base == other) return base;
  const std::unordered_set<Key> in_base(base.begin(), base.end());
  std::vector<Key> at_front;
  std::unordered_map<Key, std::vector<Key>> after;
  std::unordered_set<Key> in_other;
  std::vector<Key>* place = &at_front;
  for (const Key& key : other) {
    in_other.insert(key);
    if (in_base.count(key) != 0) {
      place = &after[key];
    } else {
      place->push_back(key);
    }
  }
  std::vector<Key> woven;
  woven.reserve(base.size() + other.size());
  const std::vector<Key>* pending = &at_front;
  for (const Key& key : base) {
    if (in_other.count(key) != 0) {
      woven.insert(woven.end(), pending->begin(), pending->end());
      pending = &after[key];
    }
    woven.push_back(key);
  }
  woven.insert(woven.end(), pending->begin(), pending->end());
  return woven;
}

}  // namespace start_claude::resolve
