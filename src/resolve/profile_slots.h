// Which profile of one document is which profile of another.
//
// By id, else by case-folded name; where several match equally well, the k-th is the k-th. Every
// profile of every document is in exactly one slot, so that none is ever lost. Linear.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "resolve/ledger.h"

namespace start_claude::resolve {

/// Further ancestors follow.
enum class Origin : std::size_t { local, remote, ancestor };
inline Origin origin_of_ancestor(std::size_t i) {
  return static_cast<Origin>(static_cast<std::size_t>(Origin::ancestor) + i);
}

/// One profile in all its versions.
struct Slot {
  Versions versions;
  std::string label;  ///< the second element of its paths: see FieldPath
};

struct Slots {
  std::vector<Slot> slots;
  /// For each document, by Origin, the slots of its profiles in its order.
  std::vector<std::vector<std::size_t>> order;

  std::size_t ancestor_count() const { return order.size() - 2; }
  const std::vector<std::size_t>& order_of(Origin origin) const {
    return order[static_cast<std::size_t>(origin)];
  }
};

/// `configs` of each document, any of them null.
Slots match_profiles(const Versions& configs);

}  // namespace start_claude::resolve
