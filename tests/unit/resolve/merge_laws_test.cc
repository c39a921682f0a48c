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

bool has_ids(const json::Value& document) {
  const json::Array& entries = entries_of(document);
  return std::any_of(entries.begin(), entries.end(),
                     [](const json::Value& entry) { return config::id_of(entry).has_value(); });
}

bool has_namesakes(const json::Value& document) {
  std::vector<std::string> names;
  for (const json::Value& entry : entries_of(document)) {
    names.push_back(base::fold_case(config::name_of(entry)));
  }
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

/// Whether the labels in paths are names in the merge: no renames, no namesakes.
bool labels_are_names(const Triple& triple) {
  return !has_ids(triple.local) && !has_ids(triple.remote) && !has_namesakes(triple.local) &&
         !has_namesakes(triple.remote);
}

/// Which of two defaults was cleared is told at the profile that lost it.
std::size_t changes_but_default(const MergeResult& result) {
  return static_cast<std::size_t>(
      std::count_if(result.changes.begin(), result.changes.end(), [](const FieldChange& change) {
        return change.path.empty() || change.path.back() != "isDefault";
      }));
}

/// One triple and the merges the laws speak of, each made once.
struct Trial {
  const Triple& triple;
  MergeResult open = with({});
  MergeResult local = with({.conflicts = Side::local});
  MergeResult remote = with({.conflicts = Side::remote});

  MergeResult with(const MergeOptions& options) const {
    return merge(triple.ancestors(), triple.local, triple.remote, options);
  }
  const MergeResult& settled_by(Side side) const { return side == Side::local ? local : remote; }
};

std::string law_of_symmetry(const Trial& trial) {
  for (const Side side : {Side::local, Side::remote}) {
    const Side other = side == Side::local ? Side::remote : Side::local;
    const auto& straight = trial.settled_by(side);
    const auto turned = merge(trial.triple.ancestors(), trial.triple.remote, trial.triple.local,
                              {.conflicts = other});
    if (without_order(straight.merged) != without_order(turned.merged)) return "symmetry";
    if (straight.conflicts.size() != turned.conflicts.size()) return "symmetry of conflicts";
    if (changes_but_default(straight) != changes_but_default(turned)) return "symmetry of changes";
    if (!straight.settled()) return "a side settles everything";
  }
  return "";
}

std::string law_of_settlement(const Trial& trial) {
  if (trial.open.merged != trial.local.merged) return "unsettled, local stands";
  if (trial.open.unsettled != trial.open.conflicts.size())
    return "what nobody settles is unsettled";
  if (trial.open.conflicts.empty()) return "";
  for (const Side side : {Side::local, Side::remote}) {
    MergeOptions one_by_one;
    for (const FieldChange& conflict : trial.open.conflicts) {
      one_by_one.choices.push_back({conflict.path, side});
    }
    const auto chosen = trial.with(one_by_one);
    const auto& settled = trial.settled_by(side);
    if (!chosen.settled()) return "a choice for each conflict settles all";
    // A rule prefers the side that settles all; choices settle what they name and no more.
    const bool has_rules =
        std::any_of(settled.changes.begin(), settled.changes.end(),
                    [](const FieldChange& change) { return change.reason == Reason::by_rule; });
    if (!has_rules && without_order(chosen.merged) != without_order(settled.merged)) {
      return "single choices are as good as a side";
    }
  }
  return "";
}

std::string law_of_retry(const Trial& trial) {
  const Triple& triple = trial.triple;
  // The race was lost after the merge was saved here: merged once more, nothing moves. (But the
  // k-th of several namesakes is the k-th only as long as their order stays, and where some
  // profiles have ids and some have none, a deletion or a new name can lose sight of one.)
  const auto ancestors = triple.ancestors();
  const bool is_ambiguous =
      !labels_are_names(triple) ||
      std::any_of(ancestors.begin(), ancestors.end(), [](const json::Value* ancestor) {
        return has_ids(*ancestor) || has_namesakes(*ancestor);
      });
  if (is_ambiguous) return "";
  for (const Side side : {Side::local, Side::remote}) {
    const json::Value& first = trial.settled_by(side).merged;
    const auto again = merge(ancestors, first, triple.remote, {.conflicts = Side::local});
    if (again.merged != first) return "merging the merge again changes nothing";
  }
  return "";
}

std::string law_of_defaults_and_tombstones(const Trial& trial) {
  const bool enforced =
      defaults_in(trial.triple.local) <= 1 && defaults_in(trial.triple.remote) <= 1;
  for (const Side side : {Side::local, Side::remote}) {
    const json::Value& merged = trial.settled_by(side).merged;
    if (enforced && defaults_in(merged) > 1) return "one default";
    for (const json::Value& entry : entries_of(merged)) {
      if (config::is_tombstone(entry) && entry.find("k") != nullptr) return "stripped tombstones";
    }
  }
  return "";
}

std::string law_of_reasons(const Trial& trial) {
  const MergeResult& result = trial.open;
  for (const FieldChange& change : result.changes) {
    if (change.path == FieldPath{"configs"}) continue;  // names alone: namesakes may change places
    if (!says_something_new(change)) return "a change changes something";
    if (!labels_are_names(trial.triple)) continue;
    // A whole profile may have its isDefault settled by a change of its own.
    const bool is_whole = change.path.size() == 2 && change.path[0] == "configs";
    if (!is_whole && at(result.merged, change.path) != change.merged) {
      return "reasons tell the merge";
    }
  }
  for (const FieldChange& conflict : result.conflicts) {
    if (std::find(result.changes.begin(), result.changes.end(), conflict) == result.changes.end()) {
      return "conflicts are changes";
    }
  }
  return "";
}

std::string described(std::string law, const Triple& triple) {
  std::string text = std::move(law) + "\n  ancestor " + written(triple.ancestor);
  for (const json::Value& other : triple.other_ancestors) text += "\n  ancestor " + written(other);
  return text + "\n  local    " + written(triple.local) + "\n  remote   " + written(triple.remote);
}

}  // namespace

std::string broken_law_of_one_change(const json::Value& ancestor, const json::Value& side) {
  const auto same = merge(ancestor, side, side, {});
  const auto unknown = merge(std::nullopt, side, side, {});
  const auto ours = merge(ancestor, side, ancestor, {});
  const auto theirs = merge(ancestor, ancestor, side, {});
  for (const MergeResult* result : {&same, &unknown, &ours, &theirs}) {
    if (result->merged == side && result->conflicts.empty()) continue;
    return described("one change, or the same twice, is taken whole", {ancestor, side, side});
  }
  return unknown.changes.empty() ? "" : described("agreement is no news", {{}, side, side});
}

std::string broken_law(const Triple& triple) {
  using Law = std::string (*)(const Trial&);
  const Trial trial{triple};
  for (const Law law : {Law(law_of_symmetry), Law(law_of_settlement), Law(law_of_retry),
                        Law(law_of_defaults_and_tombstones), Law(law_of_reasons)}) {
    std::string broken = law(trial);
    if (!broken.empty()) return described(std::move(broken), triple);
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
      std::string broken = ancestor ? broken_law_of_one_change(*ancestor, local) : "";
      for (const json::Value& remote : documents) {
        if (broken.empty()) broken = broken_law({ancestor, local, remote});
        if (!broken.empty()) FAIL(broken);
      }
    }
  }
  SUCCEED();
}

/// Every two ancestors, local and remote from `documents`.
void check_pairs(const std::vector<json::Value>& documents) {
  for (std::size_t i = 0; i < documents.size(); ++i) {
    for (std::size_t k = i + 1; k < documents.size(); ++k) {
      for (const json::Value& local : documents) {
        for (const json::Value& remote : documents) {
          const std::string broken = broken_law({documents[i], local, remote, {documents[k]}});
          if (!broken.empty()) FAIL(broken);
        }
      }
    }
  }
  SUCCEED();
}

}  // namespace

TEST_CASE("the laws of merging hold over two ancestors") {
  std::vector<json::Value> fields{read("{}")};
  for (const std::string_view value :
       {"1", "2", "{}", "{'y':1}", "{'y':2,'z':1}", "['p']", "['p','q']", "['r','p']"}) {
    fields.push_back(read("{'x':" + std::string(value) + "}"));
  }
  check_pairs(fields);
  std::vector<json::Value> lists{read("{}"), read("{'configs':[]}")};
  for (const std::string_view profiles :
       {"{'name':'a'},{'name':'b','isDefault':true}", "{'name':'a','k':1},{'name':'b'}",
        "{'name':'b'},{'name':'a','k':2,'isDefault':true}", "{'name':'a','k':1}",
        "{'name':'a','isDeleted':true,'deletedAt':'2026-01-01T00:00:00Z'}",
        "{'name':'a','isDeleted':true,'deletedAt':'2026-02-02T00:00:00Z'},{'name':'b'}",
        "{'id':'1','name':'a','k':1}", "{'id':'1','name':'c'},{'name':'a'}"}) {
    lists.push_back(read("{'configs':[" + std::string(profiles) + "]}"));
  }
  check_pairs(lists);
}

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
  const std::string b = "{'name':'b','isDefault':true}";
  std::vector<json::Value> documents{read("{'configs':[]}"), read("{}"),
                                     read("{'configs':[" + b + "]}"),
                                     read("{'configs':[" + b + "," + states_of_a[1] + "]}"),
                                     read("{'configs':[" + states_of_a[0] + ",{'name':'b'}]}")};
  for (const std::string& a : states_of_a) {
    documents.push_back(read("{'configs':[" + a + "]}"));
    documents.push_back(read("{'configs':[" + a + "," + b + "]}"));
  }
  check_all(documents);
}

TEST_CASE("the laws of merging hold however names and ids are mixed") {
  const std::vector<std::string> entries{"{'name':'a'}", "{'name':'A','k':1}",
                                         "{'id':'1','name':'a'}", "{'id':'1','name':'b','k':1}",
                                         "{'id':'2','name':'a'}"};
  std::vector<json::Value> documents{read("{'configs':[]}")};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    documents.push_back(read("{'configs':[" + entries[i] + "]}"));
    for (std::size_t k = 0; k < entries.size(); ++k) {
      if ((i + k) % 2 == 1) continue;
      documents.push_back(read("{'configs':[" + entries[i] + "," + entries[k] + "]}"));
    }
  }
  check_all(documents);
}
