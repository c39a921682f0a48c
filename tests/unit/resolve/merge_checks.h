// What every merge must satisfy, whatever the documents.
#pragma once

#include <optional>
#include <vector>

#include "resolve/merge.h"

namespace start_claude::resolve {

/// Documents to merge; an absent ancestor is unknown.
struct Triple {
  std::optional<json::Value> ancestor;
  json::Value local;
  json::Value remote;
  std::vector<json::Value> other_ancestors = {};

  std::vector<const json::Value*> ancestors() const {
    std::vector<const json::Value*> all;
    if (ancestor) all.push_back(&*ancestor);
    for (const json::Value& other : other_ancestors) all.push_back(&other);
    return all;
  }
};

/// "" if the merge of one change with none, and with itself, is that change.
std::string broken_law_of_one_change(const json::Value& ancestor, const json::Value& side);

/// "" if all laws hold for these documents, else the first that does not, and the documents.
std::string broken_law(const Triple& triple);

}  // namespace start_claude::resolve
