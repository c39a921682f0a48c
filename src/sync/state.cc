#include "sync/state.h"

#include "base/text.h"
#include "json/parse.h"
#include "json/write.h"

namespace start_claude::sync {
namespace {

std::string string_member(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : "";
}

/// What older releases took for a time, 1970 among it, is none.
std::optional<UtcTime> time_member(const json::Value& value, std::string_view name) {
  return base::plausible(base::parse_time(string_member(value, name)), base::time_max);
}

std::optional<bool> boolean_member(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  if (member == nullptr || member->as_bool() == nullptr) return std::nullopt;
  return *member->as_bool();
}

std::string_view text_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::unknown: return "unknown";
    case Verdict::honoured: return "honoured";
    case Verdict::ignored: return "ignored";
    case Verdict::refused: return "refused";
  }
  return "unknown";
}

Verdict verdict_from(std::string_view text) {
  for (const Verdict verdict : {Verdict::honoured, Verdict::ignored, Verdict::refused}) {
    if (text == text_of(verdict)) return verdict;
  }
  return Verdict::unknown;
}

std::vector<std::string> strings_member(const json::Value& value, std::string_view name) {
  std::vector<std::string> strings;
  const json::Value* list = value.find(name);
  if (list == nullptr || list->as_array() == nullptr) return strings;
  for (const json::Value& item : *list->as_array()) {
    if (const std::string* text = item.as_string()) strings.push_back(*text);
  }
  return strings;
}

json::Value value_of(const std::vector<std::string>& strings) {
  return json::Array(strings.begin(), strings.end());
}

Replaced replaced_from(const json::Value& value) {
  return {.local = string_member(value, "local"),
          .remote = string_member(value, "remote"),
          .became = string_member(value, "became"),
          .ancestor = string_member(value, "ancestor"),
          .lineage = strings_member(value, "lineage")};
}

json::Value value_of(const Replaced& replaced) {
  json::Object object;
  if (!replaced.local.empty()) object.set("local", replaced.local);
  if (!replaced.remote.empty()) object.set("remote", replaced.remote);
  object.set("became", replaced.became);
  if (!replaced.ancestor.empty()) object.set("ancestor", replaced.ancestor);
  if (!replaced.lineage.empty()) object.set("lineage", value_of(replaced.lineage));
  return object;
}

RemoteState remote_from(const json::Value& value) {
  RemoteState state{.ancestor = string_member(value, "ancestor"),
                    .etag = string_member(value, "etag"),
                    .last_modified = time_member(value, "lastModified"),
                    .modified = time_member(value, "modified"),
                    .writer = string_member(value, "writer"),
                    .lineage = strings_member(value, "lineage")};
  if (const json::Value* replaced = value.find("replaced")) {
    state.replaced = replaced_from(*replaced);
  }
  return state;
}

json::Value value_of(const RemoteState& state) {
  json::Object object;
  if (!state.ancestor.empty()) object.set("ancestor", state.ancestor);
  if (!state.etag.empty()) object.set("etag", state.etag);
  if (state.last_modified) object.set("lastModified", base::format_rfc3339(*state.last_modified));
  if (state.modified) object.set("modified", base::format_rfc3339(*state.modified));
  if (!state.writer.empty()) object.set("writer", state.writer);
  if (!state.lineage.empty()) object.set("lineage", value_of(state.lineage));
  if (state.replaced) object.set("replaced", value_of(*state.replaced));
  return object;
}

/// A number of any size as text: JSON's own would lose digits in other programs' hands.
std::optional<std::uint64_t> number_member(const json::Value& value, std::string_view name) {
  return base::parse_unsigned(string_member(value, name));
}

std::optional<KnownFile> known_file_from(const json::Value& value) {
  const auto modified = number_member(value, "modified");
  const auto changed = number_member(value, "changed");
  const auto size = number_member(value, "size");
  const auto inode = number_member(value, "inode");
  const auto entries = number_member(value, "entries");
  const auto profiles = number_member(value, "profiles");
  KnownFile file{.revision = string_member(value, "revision")};
  if (!modified || !changed || !size || !inode || !entries || !profiles || file.revision.empty()) {
    return std::nullopt;
  }
  file.fingerprint = {static_cast<std::int64_t>(*modified), *size, *inode};
  file.changed_ns = static_cast<std::int64_t>(*changed);
  file.entries = *entries;
  file.profiles = *profiles;
  return file;
}

json::Value value_of(const KnownFile& file) {
  return json::Object{{"modified", std::to_string(file.fingerprint.modified_ns)},
                      {"changed", std::to_string(file.changed_ns)},
                      {"size", std::to_string(file.fingerprint.size)},
                      {"inode", std::to_string(file.fingerprint.inode)},
                      {"revision", file.revision},
                      {"entries", std::to_string(file.entries)},
                      {"profiles", std::to_string(file.profiles)}};
}

std::optional<s3::LearntRegion> learnt_region_from(const json::Value& value) {
  s3::LearntRegion learnt{.region = string_member(value, "region"),
                          .instead_of = string_member(value, "regionInsteadOf")};
  if (learnt.region.empty() || learnt.instead_of.empty()) return std::nullopt;
  return learnt;
}

StoreTraits traits_from(const json::Value& value) {
  return {.if_match = verdict_from(string_member(value, "ifMatch")),
          .if_none_match = verdict_from(string_member(value, "ifNoneMatch")),
          .etag_unquoted = boolean_member(value, "etagUnquoted"),
          .region = learnt_region_from(value),
          .write_denied_to = string_member(value, "writeDeniedTo")};
}

json::Value value_of(const StoreTraits& traits) {
  json::Object object{{"ifMatch", text_of(traits.if_match)},
                      {"ifNoneMatch", text_of(traits.if_none_match)}};
  if (traits.etag_unquoted) object.set("etagUnquoted", *traits.etag_unquoted);
  if (traits.region) {
    object.set("region", traits.region->region);
    object.set("regionInsteadOf", traits.region->instead_of);
  }
  if (!traits.write_denied_to.empty()) object.set("writeDeniedTo", traits.write_denied_to);
  return object;
}

}  // namespace

State State::load(const platform::FileSystem& files, const std::string& path) {
  State state;
  state.path_ = path;
  const auto read = files.read(path);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return state;
  state.saved_text_ = content->bytes;
  const auto parsed = json::parse(content->bytes);
  const json::Value* value = std::get_if<json::Value>(&parsed);
  if (value == nullptr) return state;
  if (const json::Value* local = value->find("local")) state.local_ = known_file_from(*local);
  if (const json::Value* remotes = value->find("remotes"); remotes && remotes->as_object()) {
    for (const json::Member& member : remotes->as_object()->members()) {
      state.remotes_[member.name] = remote_from(member.value);
    }
  }
  if (const json::Value* buckets = value->find("buckets"); buckets && buckets->as_object()) {
    for (const json::Member& member : buckets->as_object()->members()) {
      state.stores_[member.name] = traits_from(member.value);
    }
  }
  return state;
}

std::string State::text() const {
  json::Object remotes;
  for (const auto& [name, remote] : remotes_) remotes.set(name, value_of(remote));
  json::Object buckets;
  for (const auto& [name, traits] : stores_) buckets.set(name, value_of(traits));
  json::Object state{{"version", json::Value::integer(1)}};
  if (local_) state.set("local", value_of(*local_));
  state.set("remotes", std::move(remotes));
  state.set("buckets", std::move(buckets));
  return json::write_pretty(state);
}

Result<base::Done> State::save(platform::FileSystem& files, platform::Random& random) {
  std::string new_text = text();
  if (new_text == saved_text_) return base::Done{};
  const auto written = platform::replace_file(files, path_, new_text, {.unique = random.next()});
  if (const auto* failure = std::get_if<platform::FileFailure>(&written)) {
    return platform::disk_error("write", path_, *failure);
  }
  saved_text_ = std::move(new_text);
  return base::Done{};
}

RemoteState State::remote(const RemoteName& name) const {
  const auto found = remotes_.find(name.text());
  return found != remotes_.end() ? found->second : RemoteState{};
}

void State::set_remote(const RemoteName& name, RemoteState state) {
  remotes_[name.text()] = std::move(state);
}

StoreTraits State::traits(const RemoteName& name) const {
  const auto found = stores_.find(name.store_text());
  return found != stores_.end() ? found->second : StoreTraits{};
}

void State::set_traits(const RemoteName& name, StoreTraits traits) {
  stores_[name.store_text()] = std::move(traits);
}

}  // namespace start_claude::sync
