// The three-way merge: what must come of any three documents.
//
// Input: ancestor (empty for none), local and remote, each a JSON text.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "config/document.h"
#include "config/profile.h"
#include "json/write.h"
#include "property.h"
#include "resolve/merge.h"
#include "targets.h"

namespace start_claude::fuzz {
namespace {

using resolve::Side;

struct Triple {
  std::optional<json::Value> ancestor;
  json::Value local;
  json::Value remote;
};

const json::Array* entries_of(const json::Value& document) {
  const json::Value* configs = document.find("configs");
  return configs != nullptr ? configs->as_array() : nullptr;
}

std::size_t defaults_in(const json::Value& document) {
  const json::Array* entries = entries_of(document);
  if (entries == nullptr) return 0;
  return static_cast<std::size_t>(
      std::count_if(entries->begin(), entries->end(), [](const json::Value& entry) {
        const json::Value* value = entry.find("isDefault");
        return !config::is_tombstone(entry) && value != nullptr && *value == json::Value(true);
      }));
}

/// As a document is once it went through this program: tombstones hold nothing but who they were.
json::Value with_clean_tombstones(json::Value document) {
  json::Object* root = document.as_object();
  json::Value* configs = root != nullptr ? root->find("configs") : nullptr;
  json::Array* entries = configs != nullptr ? configs->as_array() : nullptr;
  if (entries == nullptr) return document;
  for (json::Value& entry : *entries) {
    if (config::is_tombstone(entry)) entry = config::stripped_tombstone(entry);
  }
  return document;
}

/// Without what symmetry does not promise: the order of profiles and of the elements of sets.
json::Value without_order(json::Value value) {
  if (json::Array* array = value.as_array()) {
    std::multimap<std::string, json::Value> sorted;
    for (json::Value& element : *array) {
      json::Value inner = without_order(std::move(element));
      std::string text = json::write_canonical(inner);
      sorted.emplace(std::move(text), std::move(inner));
    }
    array->clear();
    for (auto& [text, element] : sorted) array->push_back(std::move(element));
  }
  if (json::Object* object = value.as_object()) {
    for (json::Member& member : object->members()) {
      member.value = without_order(std::move(member.value));
    }
  }
  return value;
}

void check_one_sided(const json::Value& ancestor, const json::Value& side) {
  const auto expect = [&](const resolve::MergeResult& result, const char* law) {
    if (result.merged != side || !result.conflicts.empty()) {
      broken(law, json::write_compact(result.merged));
    }
  };
  expect(resolve::merge(ancestor, side, side, {}), "agreement is taken");
  expect(resolve::merge(std::nullopt, side, side, {}), "agreement needs no ancestor");
  expect(resolve::merge(ancestor, side, ancestor, {}), "what only we changed is taken");
  expect(resolve::merge(ancestor, ancestor, side, {}), "what only they changed is taken");
}

/// Of several ancestors neither the order counts, nor how often one is there.
void check_several_ancestors(const Triple& triple) {
  const json::Value& a = *triple.ancestor;
  const json::Value& local = triple.local;
  const auto merged = [&](const std::vector<const json::Value*>& ancestors) {
    const auto result = resolve::merge(ancestors, local, triple.remote, {});
    return json::write_compact(result.merged);
  };
  if (merged({&a, &a}) != merged({&a})) broken("an ancestor that is there twice is one");
  if (merged({&a, &local}) != merged({&local, &a})) broken("the order of ancestors says nothing");
}

/// What the algebra says of one field, told without the merge; nothing where it leaves it open.
struct Expected {
  bool is_known = false;
  const json::Value* value = nullptr;
};
Expected expected_of(const json::Value* ancestor, const json::Value* local,
                     const json::Value* remote) {
  const auto same = [](const json::Value* a, const json::Value* b) {
    return a == nullptr || b == nullptr ? a == b : *a == *b;
  };
  if (same(local, remote)) return {true, local};
  if (same(local, ancestor)) return {true, remote};
  if (same(remote, ancestor)) return {true, local};
  return {};
}

const json::Value* member_of(const json::Value* value, const std::string& name) {
  return value != nullptr ? value->find(name) : nullptr;
}

bool is_object(const json::Value* value) {
  return value != nullptr && value->as_object() != nullptr;
}

struct Field {
  const json::Value* ancestor;
  const json::Value* local;
  const json::Value* remote;
  const json::Value* merged;
};

/// Each member, but those with rules of their own, is what the algebra says it is.
void check_members(const Field& field, const std::set<std::string>& ruled) {
  std::set<std::string> names;
  for (const json::Value* value : {field.ancestor, field.local, field.remote}) {
    if (!is_object(value)) continue;
    for (const json::Member& member : value->as_object()->members()) names.insert(member.name);
  }
  for (const std::string& name : names) {
    if (ruled.count(name) != 0) continue;
    const Field member{member_of(field.ancestor, name), member_of(field.local, name),
                       member_of(field.remote, name), member_of(field.merged, name)};
    const Expected expected = expected_of(member.ancestor, member.local, member.remote);
    if (expected.is_known) {
      const bool both = expected.value != nullptr && member.merged != nullptr;
      if (both ? *expected.value != *member.merged : expected.value != member.merged) {
        broken("a field that one side changed has that side's value", name);
      }
    } else if (is_object(member.local) && is_object(member.remote) &&
               (member.ancestor == nullptr || is_object(member.ancestor))) {
      if (!is_object(member.merged)) broken("objects merge to an object", name);
      check_members(member, {});
    } else if (member.local != nullptr && member.remote != nullptr && member.merged == nullptr) {
      broken("a field that both sides have is not dropped", name);
    }
  }
}

void check_laws(const Triple& triple) {
  const auto merged_by = [&](const resolve::MergeOptions& options) {
    return resolve::merge(triple.ancestor, triple.local, triple.remote, options);
  };
  const auto open = merged_by({});
  if (open.unsettled != open.conflicts.size()) broken("what nobody settles is unsettled");
  const bool has_one_default = defaults_in(triple.local) <= 1 && defaults_in(triple.remote) <= 1;
  for (const Side side : {Side::local, Side::remote}) {
    const auto result = merged_by({.conflicts = side});
    const json::Value& merged = result.merged;
    if (!result.settled()) broken("a side settles every conflict");
    if (has_one_default && defaults_in(merged) > 1) {
      broken("one default stays one", json::write_compact(merged));
    }
    if (merged != with_clean_tombstones(merged)) broken("the deleted keep no secrets");
    if (config::shape_of(merged) == config::Shape::damaged) {
      broken("documents merge to a document", json::write_compact(merged));
    }
    const auto again = value_of(json::write_over(json::write_pretty(triple.local), merged));
    if (!again || *again != merged) broken("a merge can be written and read");
    check_members(
        {triple.ancestor ? &*triple.ancestor : nullptr, &triple.local, &triple.remote, &merged},
        {"configs", "version"});
    const auto turned =
        resolve::merge(triple.ancestor, triple.remote, triple.local,
                       {.conflicts = side == Side::local ? Side::remote : Side::local});
    if (turned.conflicts.size() != result.conflicts.size()) broken("conflicts are symmetric");
    if (without_order(turned.merged) != without_order(merged)) {
      broken("merging is symmetric", json::write_compact(merged));
    }
  }
}

/// Ids and names of a document's profiles, folded; nothing if any of either is missing or twice.
std::optional<std::set<std::string>> labels_of(const json::Value& document) {
  std::set<std::string> labels;
  const json::Array* entries = entries_of(document);
  if (entries == nullptr) return labels;
  for (const json::Value& entry : *entries) {
    const auto id = config::id_of(entry);
    const std::string name = base::fold_case(config::name_of(entry));
    if (!id || !labels.insert("id " + *id).second) return std::nullopt;
    if (name.empty() || !labels.insert("name " + name).second) return std::nullopt;
  }
  return labels;
}

/// A profile that one side has and the other never deleted is in the merge, by its id or (where the
/// other side's profile of that name goes on under its own id) by its name.
void check_profiles(const Triple& triple) {
  const auto ancestor = triple.ancestor ? labels_of(*triple.ancestor) : std::set<std::string>{};
  if (!ancestor || !labels_of(triple.local) || !labels_of(triple.remote)) return;
  const auto result = resolve::merge(triple.ancestor, triple.local, triple.remote, {});
  std::set<std::string> merged;
  const json::Array none;
  const auto entries = [&](const json::Value& document) -> const json::Array& {
    return entries_of(document) != nullptr ? *entries_of(document) : none;
  };
  for (const json::Value& entry : entries(result.merged)) {
    merged.insert("id " + config::id_of(entry).value_or(""));
    merged.insert("name " + base::fold_case(config::name_of(entry)));
  }
  for (const json::Value* side : {&triple.local, &triple.remote}) {
    for (const json::Value& entry : entries(*side)) {
      const std::string id = "id " + *config::id_of(entry);
      const std::string name = "name " + base::fold_case(config::name_of(entry));
      const bool is_new = ancestor->count(id) == 0 && ancestor->count(name) == 0;
      if (is_new && merged.count(id) == 0 && merged.count(name) == 0) {
        broken("no profile gets lost", id);
      }
    }
  }
}

}  // namespace

void merge(std::string_view input) {
  const auto texts = split_texts(input, 3);
  const auto local = value_of(texts[1]);
  const auto remote = value_of(texts[2]);
  if (!local || !remote) return;
  auto ancestor = value_of(texts[0]);
  // Total: whatever the values are.
  (void)resolve::merge(ancestor, *local, *remote, {});
  (void)resolve::differences(*local, *remote);
  const auto cleaned = [](const json::Value& value) {
    return with_clean_tombstones(config::without_s3_sync(value));
  };
  const auto is_document = [](const json::Value& value) {
    return config::shape_of(value) != config::Shape::damaged;
  };
  if (!is_document(*local) || !is_document(*remote)) return;
  if (ancestor && !is_document(*ancestor)) ancestor.reset();
  if (ancestor) ancestor = cleaned(*ancestor);
  const Triple triple{ancestor, cleaned(*local), cleaned(*remote)};
  if (ancestor) check_several_ancestors(triple);
  if (ancestor) check_one_sided(*ancestor, triple.local);
  if (ancestor) check_one_sided(*ancestor, triple.remote);
  check_laws(triple);
  check_profiles(triple);
  const bool is_equal = triple.local == triple.remote;
  if (resolve::differences(triple.local, triple.remote).empty() != is_equal) {
    broken("differences are there exactly if documents differ");
  }
}

}  // namespace start_claude::fuzz
