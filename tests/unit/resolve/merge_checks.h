// What every merge must satisfy, whatever the documents.
#pragma once

#include <optional>

#include "resolve/merge.h"

namespace start_claude::resolve {

/// Documents to merge; an absent ancestor is unknown.
struct Triple {
  std::optional<json::Value> ancestor;
  json::Value local;
  json::Value remote;
};

/// "" if the merge of one change with none, and with itself, is that change.
std::string broken_law_of_one_change(const json::Value& ancestor, const json::Value& side);

/// "" if all laws hold for these documents, else the first that does not, and the documents.
std::string broken_law(const Triple& triple);

}  // namespace start_claude::resolve
