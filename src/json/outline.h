// A value flattened in document order, with the hash of every value in it.
//
// Comparing two documents part by part would compare their inner parts again at every level; with
// all hashes at hand, different parts are told apart at once and equal ones are compared once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "json/value.h"

namespace start_claude::json {

/// One value; the values inside it follow, up to the node numbered `next`.
struct OutlineNode {
  const Value* value = nullptr;
  std::uint64_t hash = 0;  ///< hash_of(*value)
  std::size_t next = 0;
};

using Outline = std::vector<OutlineNode>;

/// Node 0 is `value` itself, which must outlive the outline.
Outline outline_of(const Value& value);

/// The numbers of the nodes directly inside node `parent`, in order. For anything flattened like an
/// outline: its nodes know their `next`.
template <typename Nodes>
std::vector<std::size_t> children_of(const Nodes& nodes, std::size_t parent) {
  std::vector<std::size_t> children;
  for (std::size_t child = parent + 1; child < nodes[parent].next; child = nodes[child].next) {
    children.push_back(child);
  }
  return children;
}

}  // namespace start_claude::json
