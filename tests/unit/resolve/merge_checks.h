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

/// "" if all laws hold for these documents, else the first that does not, and the documents.
std::string broken_law(const Triple& triple);

}  // namespace start_claude::resolve
