// The merge on large documents: edits from a seed, and what must come of them, told without
// merging.
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <random>
#include <set>

#include "merge_checks.h"
#include "merge_notation.h"

using namespace start_claude;
using namespace start_claude::resolve;

namespace {

/// Profiles by name, each a map of its fields, "env.KEY" included; an absent profile is deleted.
using Fields = std::map<std::string, int>;
using Model = std::map<std::string, Fields>;

json::Value number(int value) { return json::Value::integer(value); }

json::Value profile_from(const std::string& name, const Fields& fields) {
  json::Object profile{{"name", name}};
  json::Object env;
  for (const auto& [field, value] : fields) {
    if (field.starts_with("env.")) {
      env.set(field.substr(4), number(value));
    } else {
      profile.set(field, number(value));
    }
  }
  profile.set("env", std::move(env));
  return profile;
}

json::Value document_from(const Model& model) {
  json::Array configs;
  for (const auto& [name, fields] : model) configs.push_back(profile_from(name, fields));
  return json::Object{{"version", number(1)}, {"configs", std::move(configs)}};
}

/// What must come of two edited copies, by the definition: field by field, and a profile as a whole
/// where a side deleted it.
struct Expectation {
  Model merged;  ///< with local's value where they conflict
  std::set<FieldPath> conflicts;
};

template <class Map>
std::optional<typename Map::mapped_type> at(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

FieldPath path_of(const std::string& name, const std::string& field) {
  if (field.starts_with("env.")) return {"configs", name, "env", field.substr(4)};
  return {"configs", name, field};
}

/// By the votes of the ancestors; nothing for a conflict.
template <class Value>
std::optional<Value> voted(const std::vector<Value>& ancestors, const Value& local,
                           const Value& remote) {
  if (local == remote) return local;
  std::set<Side> votes;
  for (const Value& ancestor : ancestors) {
    if (ancestor == local) votes.insert(Side::remote);
    if (ancestor == remote) votes.insert(Side::local);
  }
  if (votes.size() != 1) return std::nullopt;
  return *votes.begin() == Side::local ? local : remote;
}

/// What each of the maps has under that key.
template <class Map>
auto at_each(const std::vector<Map>& maps, const std::string& key) {
  std::vector<std::optional<typename Map::mapped_type>> found;
  for (const Map& map : maps) found.push_back(at(map, key));
  return found;
}

template <class Map>
std::set<std::string> keys_of(std::vector<Map> maps) {
  std::set<std::string> keys;
  for (const Map& map : maps) {
    for (const auto& [key, value] : map) keys.insert(key);
  }
  return keys;
}

template <class Map>
std::vector<Map> with(std::vector<Map> maps, const Map& a, const Map& b) {
  maps.insert(maps.end(), {a, b});
  return maps;
}

struct FieldVersions {
  std::vector<Fields> ancestors;
  const Fields& local;
  const Fields& remote;
};

Fields expected_fields(const std::string& name, const FieldVersions& versions,
                       std::set<FieldPath>& conflicts) {
  Fields merged;
  for (const std::string& field :
       keys_of(with(versions.ancestors, versions.local, versions.remote))) {
    const auto local = at(versions.local, field);
    auto value = voted(at_each(versions.ancestors, field), local, at(versions.remote, field));
    if (!value) conflicts.insert(path_of(name, field));
    if (!value) value = local;
    if (*value) merged[field] = **value;
  }
  return merged;
}

Expectation expected(const std::vector<Model>& ancestors, const Model& local, const Model& remote) {
  Expectation expectation;
  for (const std::string& name : keys_of(with(ancestors, local, remote))) {
    const auto before = at_each(ancestors, name);
    const auto ours = at(local, name);
    const auto theirs = at(remote, name);
    if (ours && theirs) {
      std::vector<Fields> fields;
      for (const auto& profile : before) fields.push_back(profile.value_or(Fields{}));
      expectation.merged[name] =
          expected_fields(name, {std::move(fields), *ours, *theirs}, expectation.conflicts);
      continue;
    }
    auto whole = voted(before, ours, theirs);
    if (!whole) expectation.conflicts.insert({"configs", name});
    if (!whole) whole = ours;
    if (*whole) expectation.merged[name] = **whole;
  }
  return expectation;
}

class Editor {
 public:
  explicit Editor(std::uint64_t seed) : random_(seed) {}

  Model model(std::size_t profiles) {
    Model model;
    for (std::size_t i = 0; i < profiles; ++i) model["p" + std::to_string(i)] = fields();
    return model;
  }

  /// Profiles deleted and added, fields set, added and removed.
  Model edited(Model model, std::size_t profiles) {
    const std::size_t edits = below(profiles) + 1;
    for (std::size_t i = 0; i < edits; ++i) {
      const std::string name = "p" + std::to_string(below(profiles + profiles / 8 + 1));
      const auto found = model.find(name);
      if (found == model.end()) {
        model[name] = fields();
      } else if (below(6) == 0) {
        model.erase(found);
      } else if (below(4) == 0) {
        found->second.erase(field());
      } else {
        found->second[field()] = value();
      }
    }
    return model;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  int value() { return static_cast<int>(below(4)); }
  std::string field() {
    static const std::vector<std::string> names{"model", "url", "env.A", "env.B", "env.C"};
    return names[below(names.size())];
  }
  Fields fields() {
    Fields fields;
    for (std::size_t i = 0; i < 4; ++i) fields[field()] = value();
    return fields;
  }

  std::mt19937_64 random_;
};

std::set<FieldPath> paths_of(const std::vector<FieldChange>& changes) {
  std::set<FieldPath> paths;
  for (const FieldChange& change : changes) paths.insert(change.path);
  return paths;
}

/// Profiles are compared whatever their order.
std::map<std::string, json::Value> profiles_in(const json::Value& document) {
  std::map<std::string, json::Value> profiles;
  for (const json::Value& entry : *document.find("configs")->as_array()) {
    profiles.emplace(*entry.find("name")->as_string(), entry);
  }
  return profiles;
}

}  // namespace

TEST_CASE("every edit only one side made is in the merge, conflicts are where both did") {
  const auto seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{41}));
  const std::size_t profiles = seed % 4 == 0 ? 200 : 12;
  INFO("seed " << seed);
  Editor editor(seed);
  const Model ancestor = editor.model(profiles);
  const Model local = editor.edited(ancestor, profiles);
  const Model remote = editor.edited(ancestor, profiles);
  const auto expectation = expected({ancestor}, local, remote);
  const Triple triple{document_from(ancestor), document_from(local), document_from(remote)};

  const auto result = merge(triple.ancestor, triple.local, triple.remote, {});
  CHECK(paths_of(result.conflicts) == expectation.conflicts);
  CHECK(result.conflicts.size() == expectation.conflicts.size());
  CHECK(profiles_in(result.merged) == profiles_in(document_from(expectation.merged)));
  CHECK(broken_law(triple) == "");
  CHECK(broken_law_of_one_change(*triple.ancestor, triple.local) == "");
}

TEST_CASE("over several ancestors each field goes by what they say of it") {
  const auto seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{61}));
  constexpr std::size_t profiles = 12;
  INFO("seed " << seed);
  Editor editor(seed);
  // Contents that were edited beside each other, and both sides of a merge of them.
  std::vector<Model> ancestors{editor.model(profiles)};
  const std::size_t count = 2 + seed % 2;
  while (ancestors.size() < count) {
    ancestors.push_back(editor.edited(ancestors.front(), profiles));
  }
  const Model local = editor.edited(ancestors[seed % count], profiles);
  const Model remote = editor.edited(ancestors[seed / 2 % count], profiles);
  const auto expectation = expected(ancestors, local, remote);
  Triple triple{document_from(ancestors[0]), document_from(local), document_from(remote)};
  for (std::size_t i = 1; i < count; ++i) {
    triple.other_ancestors.push_back(document_from(ancestors[i]));
  }

  const auto result = merge(triple.ancestors(), triple.local, triple.remote, {});
  CHECK(paths_of(result.conflicts) == expectation.conflicts);
  CHECK(result.conflicts.size() == expectation.conflicts.size());
  CHECK(profiles_in(result.merged) == profiles_in(document_from(expectation.merged)));
  CHECK(broken_law(triple) == "");
}

TEST_CASE("a hundred thousand profiles, and an object of as many members, merge in one go") {
  constexpr int count = 100'000;
  json::Array configs;
  json::Object library;
  for (int i = 0; i < count; ++i) {
    const std::string name = "p" + std::to_string(i);
    configs.push_back(json::Object{{"id", name}, {"name", name}, {"model", "m"}});
    library.members().push_back({name, number(i)});
  }
  const json::Value ancestor =
      json::Object{{"configs", std::move(configs)}, {"library", std::move(library)}};
  json::Value local = ancestor;
  json::Value remote = ancestor;
  auto& ours = *local.as_object();
  auto& theirs = *remote.as_object();
  ours.find("configs")->as_array()->front().as_object()->set("model", "l");
  theirs.find("configs")->as_array()->back().as_object()->set("model", "r");
  std::reverse(theirs.find("library")->as_object()->members().begin(),
               theirs.find("library")->as_object()->members().end());
  theirs.find("library")->as_object()->members().front().value = number(-1);

  const auto result = merge(ancestor, local, remote, {});
  CHECK(story(result) == "p0.model local; p99999.model remote; library.p99999 remote");
}
