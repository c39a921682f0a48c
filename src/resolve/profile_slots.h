// Which profile of one document is which profile of another.
//
// By id, else by case-folded name; where several match equally well, the k-th is the k-th. Every
// profile of every document is in exactly one slot, so that none is ever lost. Linear.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "resolve/ledger.h"

namespace start_claude::resolve {

enum class Origin : std::size_t { ancestor, local, remote };

/// One profile in all its versions.
struct Slot {
  Versions versions;
  std::string label;  ///< the second element of its paths: see FieldPath
};

struct Slots {
  std::vector<Slot> slots;
  /// For each document, the slots of its profiles in its order.
  std::array<std::vector<std::size_t>, 3> order;

  const std::vector<std::size_t>& order_of(Origin origin) const {
    return order[static_cast<std::size_t>(origin)];
  }
};

/// `configs` of each document, any of them null.
Slots match_profiles(const Versions& configs);

}  // namespace start_claude::resolve
