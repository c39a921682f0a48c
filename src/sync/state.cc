#include "sync/state.h"

#include "base/text.h"
#include "json/parse.h"
#include "json/write.h"
#include "sync/history_import.h"

namespace start_claude::sync {
namespace {

std::string string_member(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : "";
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
          .refuses_conditional_get = boolean_member(value, "refusesConditionalGet").value_or(false),
          .region = learnt_region_from(value),
          .write_denied_to = string_member(value, "writeDeniedTo")};
}

json::Value value_of(const StoreTraits& traits) {
  json::Object object{{"ifMatch", text_of(traits.if_match)},
                      {"ifNoneMatch", text_of(traits.if_none_match)}};
  if (traits.etag_unquoted) object.set("etagUnquoted", *traits.etag_unquoted);
  if (traits.refuses_conditional_get) object.set("refusesConditionalGet", true);
  if (traits.region) {
    object.set("region", traits.region->region);
    object.set("regionInsteadOf", traits.region->instead_of);
  }
  if (!traits.write_denied_to.empty()) object.set("writeDeniedTo", traits.write_denied_to);
  return object;
}

/// What releases before the journal knew of a remote. What they took for a time, 1970 among it, is
/// none.
RemoteState agreed_before_from(const json::Value& value) {
  RemoteState state = remote_state_from(value);
  state.clock = {};
  state.last_modified = base::plausible(state.last_modified, base::time_max);
  state.modified = base::plausible(state.modified, base::time_max);
  return state;
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
  // Whatever it is now, it is written anew.
  state.is_changed_ = value == nullptr;
  if (value == nullptr) return state;
  if (const json::Value* local = value->find("local")) state.local_ = known_file_from(*local);
  const json::Value* end = value->find("journal");
  const json::Value* memory = value->find("memory");
  if (end != nullptr && memory != nullptr) {
    state.set_remembered(remembered_from(*memory),
                         {.inode = number_member(*end, "inode").value_or(0),
                          .size = number_member(*end, "size").value_or(0),
                          .sum = string_member(*end, "sum")});
  }
  if (const json::Value* remotes = value->find("remotes"); remotes && remotes->as_object()) {
    for (const json::Member& member : remotes->as_object()->members()) {
      state.agreed_before_[member.name] = agreed_before_from(member.value);
    }
  }
  if (const json::Value* buckets = value->find("buckets"); buckets && buckets->as_object()) {
    for (const json::Member& member : buckets->as_object()->members()) {
      state.stores_[member.name] = traits_from(member.value);
    }
  }
  state.is_changed_ = false;
  return state;
}

std::string State::text() const {
  json::Object buckets;
  for (const auto& [name, traits] : stores_) buckets.set(name, value_of(traits));
  json::Object state{{"version", json::Value::integer(2)}};
  if (local_) state.set("local", value_of(*local_));
  if (remembered_) {
    state.set("journal", json::Object{{"inode", std::to_string(journal_end_.inode)},
                                      {"size", std::to_string(journal_end_.size)},
                                      {"sum", journal_end_.sum}});
    state.set("memory", value_of(*remembered_));
  }
  if (!agreed_before_.empty()) {
    json::Object remotes;
    for (const auto& [name, remote] : agreed_before_) remotes.set(name, sync::value_of(remote));
    state.set("remotes", std::move(remotes));
  }
  state.set("buckets", std::move(buckets));
  return json::write_pretty(state);
}

Result<base::Done> State::save(platform::FileSystem& files, platform::Random& random) {
  if (!is_changed_) return base::Done{};
  std::string new_text = text();
  if (new_text == saved_text_) return base::Done{};
  const auto written =
      platform::replace_file(files, path_, new_text, {.unique = random.next(), .is_synced = false});
  if (const auto* failure = std::get_if<platform::FileFailure>(&written)) {
    return platform::disk_error("write", path_, *failure);
  }
  saved_text_ = std::move(new_text);
  is_changed_ = false;
  return base::Done{};
}

RemoteState State::remote(const RemoteName& name) const {
  if (remembered_) return remembered_->remote(name.text());
  const auto before = agreed_before_.find(name.text());
  return before != agreed_before_.end() ? before->second : RemoteState{};
}

StoreTraits State::traits(const RemoteName& name) const {
  const auto found = stores_.find(name.store_text());
  return found != stores_.end() ? found->second : StoreTraits{};
}

void State::set_traits(const RemoteName& name, StoreTraits traits) {
  stores_[name.store_text()] = std::move(traits);
  is_changed_ = true;
}

Result<Memory> open_memory(const MemoryParts& parts, const State& state) {
  auto memory = Memory::load(parts, state.remembered(), state.journal_end());
  if (memory) import_history(parts, state.agreed_before(), *memory);
  return memory;
}

}  // namespace start_claude::sync
