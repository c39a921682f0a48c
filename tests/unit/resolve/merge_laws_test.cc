// The merge as algebra: laws that hold for all documents, tried on every small one.
#include <algorithm>
#include <catch2/catch.hpp>
#include <utility>

#include "config/profile.h"
#include "merge_checks.h"
#include "merge_notation.h"

using namespace start_claude;
using namespace start_claude::resolve;

namespace start_claude::resolve {
namespace {

/// Without what symmetry does not promise: the order of profiles and of the elements of sets.
json::Value without_order(json::Value value) {
  if (json::Array* array = value.as_array()) {
    std::vector<std::pair<std::string, json::Value>> sorted;
    for (json::Value& element : *array) {
      json::Value inner = without_order(std::move(element));
      std::string text = json::write_canonical(inner);
      sorted.emplace_back(std::move(text), std::move(inner));
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    array->clear();
    for (auto& element : sorted) array->push_back(std::move(element.second));
  }
  if (json::Object* object = value.as_object()) {
    for (json::Member& member : object->members()) {
      member.value = without_order(std::move(member.value));
    }
  }
  return value;
}

const json::Array& entries_of(const json::Value& document) {
  static const json::Array none;
  const json::Value* configs = document.find("configs");
  return configs != nullptr ? *configs->as_array() : none;
}

std::size_t defaults_in(const json::Value& document) {
  const json::Array& entries = entries_of(document);
  return static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(), [](const json::Value& entry) {
        const json::Value* value = entry.find("isDefault");
        return !config::is_tombstone(entry) && value != nullptr && *value == json::Value(true);
      }));
}

bool says_something_new(const FieldChange& change) {
  return change.local != change.ancestor || change.remote != change.ancestor ||
         change.merged != change.ancestor;
}

/// The value the change says a field has, as the merged document has it.
std::optional<json::Value> at(const json::Value& document, const FieldPath& path) {
  const json::Value* value = &document;
  for (std::size_t i = 0; i < path.size() && value != nullptr; ++i) {
    if (i == 1 && path[0] == "configs") {
      const json::Array& entries = *value->as_array();
      const auto found =
          std::find_if(entries.begin(), entries.end(), [&](const json::Value& entry) {
            return base::fold_case(config::name_of(entry)) == base::fold_case(path[1]);
          });
      value = found != entries.end() ? &*found : nullptr;
    } else {
      value = value->find(path[i]);
    }
  }
  if (value == nullptr) return std::nullopt;
  return *value;
}

bool names_are_unique(const Triple& triple) {
  for (const json::Value* document : {&triple.local, &triple.remote}) {
    std::vector<std::string> names;
    for (const json::Value& entry : entries_of(*document)) {
      names.push_back(base::fold_case(config::name_of(entry)));
    }
    std::sort(names.begin(), names.end());
    if (std::adjacent_find(names.begin(), names.end()) != names.end()) return false;
  }
  return true;
}

std::string law_of_identity(const Triple& triple) {
  for (const json::Value* side : {&triple.local, &triple.remote}) {
    const auto same = merge(triple.ancestor, *side, *side, {});
    if (same.merged != *side || !same.conflicts.empty()) return "merging equals changes nothing";
    if (!triple.ancestor) continue;
    const auto ours = merge(triple.ancestor, *side, *triple.ancestor, {});
    const auto theirs = merge(triple.ancestor, *triple.ancestor, *side, {});
    if (ours.merged != *side || !ours.conflicts.empty()) return "the only change is ours";
    if (theirs.merged != *side || !theirs.conflicts.empty()) return "the only change is theirs";
  }
  return "";
}

std::string law_of_symmetry(const Triple& triple) {
  for (const Side side : {Side::local, Side::remote}) {
    const Side other = side == Side::local ? Side::remote : Side::local;
    const auto straight = merge(triple.ancestor, triple.local, triple.remote, {.conflicts = side});
    const auto turned = merge(triple.ancestor, triple.remote, triple.local, {.conflicts = other});
    if (without_order(straight.merged) != without_order(turned.merged)) return "symmetry";
    if (straight.conflicts.size() != turned.conflicts.size()) return "symmetry of conflicts";
    if (straight.changes.size() != turned.changes.size()) return "symmetry of changes";
    if (!straight.settled()) return "a side settles everything";
  }
  return "";
}

std::string law_of_settlement(const Triple& triple) {
  const auto open = merge(triple.ancestor, triple.local, triple.remote, {});
  const auto local =
      merge(triple.ancestor, triple.local, triple.remote, {.conflicts = Side::local});
  if (open.merged != local.merged) return "unsettled, local stands";
  if (open.unsettled != open.conflicts.size()) return "what nobody settles is unsettled";
  for (const Side side : {Side::local, Side::remote}) {
    MergeOptions one_by_one;
    for (const FieldChange& conflict : open.conflicts) {
      one_by_one.choices.push_back({conflict.path, side});
    }
    const auto chosen = merge(triple.ancestor, triple.local, triple.remote, one_by_one);
    const auto settled = merge(triple.ancestor, triple.local, triple.remote, {.conflicts = side});
    if (!chosen.settled()) return "a choice for each conflict settles all";
    // Rules without a conflict prefer the side that settles all; single choices are not one.
    const bool same = open.conflicts.empty() || side == Side::local
                          ? chosen.merged == open.merged || side == Side::remote
                          : without_order(chosen.merged) == without_order(settled.merged);
    if (!same) return "single choices are as good as a side";
  }
  return "";
}

std::string law_of_retry(const Triple& triple) {
  // The race was lost after the merge was saved here: merged once more, nothing moves.
  for (const Side side : {Side::local, Side::remote}) {
    const auto first = merge(triple.ancestor, triple.local, triple.remote, {.conflicts = side});
    const auto again =
        merge(triple.ancestor, first.merged, triple.remote, {.conflicts = Side::local});
    if (again.merged != first.merged) return "merging the merge again changes nothing";
  }
  return "";
}

std::string law_of_defaults_and_tombstones(const Triple& triple) {
  for (const Side side : {Side::local, Side::remote}) {
    const auto result = merge(triple.ancestor, triple.local, triple.remote, {.conflicts = side});
    const bool enforced = defaults_in(triple.local) <= 1 && defaults_in(triple.remote) <= 1;
    if (enforced && defaults_in(result.merged) > 1) return "one default";
    for (const json::Value& entry : entries_of(result.merged)) {
      if (config::is_tombstone(entry) && entry.find("k") != nullptr) return "stripped tombstones";
    }
  }
  return "";
}

std::string law_of_reasons(const Triple& triple) {
  const auto result = merge(triple.ancestor, triple.local, triple.remote, {});
  for (const FieldChange& change : result.changes) {
    if (!says_something_new(change)) return "a change changes something";
    if (change.path == FieldPath{"configs"} || !names_are_unique(triple)) continue;
    // A whole profile may have its isDefault settled by a change of its own.
    const bool is_whole = change.path.size() == 2 && change.path[0] == "configs";
    if (!is_whole && at(result.merged, change.path) != change.merged)
      return "reasons tell the merge";
  }
  for (const FieldChange& conflict : result.conflicts) {
    if (std::find(result.changes.begin(), result.changes.end(), conflict) == result.changes.end()) {
      return "conflicts are changes";
    }
  }
  return "";
}

}  // namespace

std::string broken_law(const Triple& triple) {
  using Law = std::string (*)(const Triple&);
  for (const Law law :
       {Law(law_of_identity), Law(law_of_symmetry), Law(law_of_settlement), Law(law_of_retry),
        Law(law_of_defaults_and_tombstones), Law(law_of_reasons)}) {
    const std::string broken = law(triple);
    if (broken.empty()) continue;
    return broken + "\n  ancestor " + written(triple.ancestor) + "\n  local    " +
           written(triple.local) + "\n  remote   " + written(triple.remote);
  }
  return "";
}

}  // namespace start_claude::resolve

namespace {

/// Every ancestor (and none), local and remote from `documents`.
void check_all(const std::vector<json::Value>& documents) {
  std::vector<std::optional<json::Value>> ancestors(documents.begin(), documents.end());
  ancestors.emplace_back();
  for (const auto& ancestor : ancestors) {
    for (const json::Value& local : documents) {
      for (const json::Value& remote : documents) {
        const std::string broken = broken_law({ancestor, local, remote});
        if (!broken.empty()) FAIL(broken);
      }
    }
  }
  SUCCEED();
}

}  // namespace

TEST_CASE("the laws of merging hold for every small value of a field") {
  std::vector<json::Value> documents{read("{}")};
  for (const std::string_view value :
       {"1", "2", "null", "{}", "{'y':1}", "{'y':2}", "{'y':1,'z':1}", "{'y':{'w':1}}", "[]",
        "['p']", "['p','q']", "['q','p']", "['r','p']", "[{'y':1}]"}) {
    documents.push_back(read("{'x':" + std::string(value) + "}"));
  }
  documents.push_back(read("{'version':1}"));
  documents.push_back(read("{'version':2,'x':1}"));
  check_all(documents);
}

TEST_CASE("the laws of merging hold for every small list of profiles") {
  const std::vector<std::string> states_of_a{
      "{'name':'a'}",
      "{'name':'a','k':1}",
      "{'name':'a','k':2,'isDefault':true}",
      "{'name':'a','isDefault':false}",
      "{'name':'a','isDeleted':true,'deletedAt':'2026-01-01T00:00:00Z'}",
      "{'name':'a','isDeleted':true,'deletedAt':'2026-02-02T00:00:00Z'}"};
  const std::vector<std::string> states_of_b{"{'name':'b'}", "{'name':'b','isDefault':true}"};
  std::vector<json::Value> documents{read("{'configs':[]}"), read("{}")};
  for (const std::string& a : states_of_a) {
    documents.push_back(read("{'configs':[" + a + "]}"));
    for (const std::string& b : states_of_b) {
      documents.push_back(read("{'configs':[" + a + "," + b + "]}"));
    }
  }
  for (const std::string& b : states_of_b) {
    documents.push_back(read("{'configs':[" + b + "]}"));
    documents.push_back(read("{'configs':[" + b + "," + states_of_a[1] + "]}"));
  }
  check_all(documents);
}

TEST_CASE("the laws of merging hold however names and ids are mixed") {
  const std::vector<std::string> entries{"{'name':'a'}", "{'name':'A','k':1}",
                                         "{'id':'1','name':'a'}", "{'id':'1','name':'b','k':1}",
                                         "{'id':'2','name':'a'}"};
  std::vector<json::Value> documents{read("{'configs':[]}")};
  for (const std::string& first : entries) {
    documents.push_back(read("{'configs':[" + first + "]}"));
    for (const std::string& second : entries) {
      documents.push_back(read("{'configs':[" + first + "," + second + "]}"));
    }
  }
  check_all(documents);
}
