#include "sync/journal_record.h"

#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "json/parse.h"
#include "json/write.h"

namespace start_claude::sync {
namespace {

constexpr std::string_view sum_begin = ",\"sum\":\"";
constexpr std::string_view sum_end = "\"}";
constexpr std::size_t sum_digits = 16;
constexpr std::size_t sum_bytes = sum_begin.size() + sum_digits + sum_end.size();

std::string sum_of(std::string_view line_without_sum) {
  return crypto::sha256_hex(line_without_sum).substr(0, sum_digits);
}

// --- to JSON -------------------------------------------------------------------------------------

void set(json::Object& object, std::string_view name, const std::string& text) {
  if (!text.empty()) object.set(name, text);
}
void set(json::Object& object, std::string_view name, const VersionVector& clock) {
  set(object, name, format_clock(clock));
}
void set(json::Object& object, std::string_view name, std::optional<UtcTime> time) {
  if (time) object.set(name, base::format_rfc3339(*time));
}
void set_true(json::Object& object, std::string_view name, const bool& is_true) {
  if (is_true) object.set(name, true);
}
void set_count(json::Object& object, std::string_view name, std::size_t count) {
  object.set(name, json::Value::integer(static_cast<long long>(count)));
}

json::Array paths_of(const std::vector<std::vector<std::string>>& paths) {
  json::Array list;
  for (const auto& path : paths) {
    json::Array names;
    for (const std::string& name : path) names.emplace_back(name);
    list.emplace_back(std::move(names));
  }
  return list;
}

void describe(json::Object& line, const ContentRecord& content) {
  line.set("record", "content");
  line.set("revision", content.revision);
  set(line, "clock", content.clock);
  line.set("source", name_of(content.source));
  set(line, "by", content.by);
  if (content.is_damaged) {
    line.set("base64", base::to_base64(content.text));
    return;
  }
  set_count(line, "entries", content.entries);
  set_count(line, "profiles", content.profiles);
  line.set("text", content.text.view());
}

void describe(json::Object& line, const Intent& intent) {
  line.set("record", "intent");
  line.set("intent", value_of(intent));
}

void describe(json::Object& line, const DoneRecord& done) {
  line.set("record", "done");
  line.set("remote", done.remote);
  set(line, "revision", done.revision);
  set(line, "clock", done.clock);
  set(line, "takenIn", done.taken_in);
  set(line, "takenInClock", done.taken_in_clock);
  if (done.agreed) line.set("agreed", value_of(*done.agreed));
}

void describe(json::Object& line, const DroppedRecord& dropped) {
  line.set("record", "dropped");
  set_true(line, "mayBeStored", dropped.may_be_stored);
  set_true(line, "wasStored", dropped.was_stored);
}

void describe(json::Object& line, const SettledRecord& settled) {
  line.set("record", "settled");
  line.set("remote", settled.remote);
}

void describe(json::Object& line, const UndoneRecord& undone) {
  line.set("record", "undone");
  line.set("remote", undone.remote);
  set(line, "ancestor", undone.ancestor);
}

void describe(json::Object& line, const SummaryRecord& summary) {
  line.set("record", "summary");
  line.set("memory", summary.memory);
}

void describe(json::Object& line, const MachineRecord& machine) {
  line.set("record", "machine");
  line.set("id", machine.id);
  set(line, "fingerprint", machine.fingerprint);
  if (machine.was.empty()) return;
  line.set("was", machine.was);
  set_count(line, "sureCount", machine.sure_count);
}

// --- from JSON -----------------------------------------------------------------------------------

std::string text_in(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : "";
}

bool is_true_in(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member != nullptr && member->as_bool() != nullptr && *member->as_bool();
}

std::size_t count_in(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  if (member == nullptr || member->as_number() == nullptr) return 0;
  return base::parse_unsigned(member->as_number()->spelling).value_or(0);
}

VersionVector clock_in(const json::Value& value, std::string_view name) {
  return clock_from_text(text_in(value, name));
}

std::vector<std::vector<std::string>> paths_in(const json::Value& value, std::string_view name) {
  std::vector<std::vector<std::string>> paths;
  const json::Value* list = value.find(name);
  if (list == nullptr || list->as_array() == nullptr) return paths;
  for (const json::Value& item : *list->as_array()) {
    if (item.as_array() == nullptr) continue;
    auto& path = paths.emplace_back();
    for (const json::Value& part : *item.as_array()) {
      if (const std::string* text = part.as_string()) path.push_back(*text);
    }
  }
  return paths;
}

std::optional<JournalRecord> content_from(const json::Value& value) {
  ContentRecord content{.revision = text_in(value, "revision"),
                        .clock = clock_in(value, "clock"),
                        .by = text_in(value, "by"),
                        .entries = count_in(value, "entries"),
                        .profiles = count_in(value, "profiles")};
  if (content.revision.empty()) return std::nullopt;
  for (const Source source : {Source::remote, Source::merged}) {
    if (text_in(value, "source") == name_of(source)) content.source = source;
  }
  if (value.find("base64") != nullptr) {
    auto bytes = base::from_base64(text_in(value, "base64"));
    if (!bytes) return std::nullopt;
    content.is_damaged = true;
    content.text = *std::move(bytes);
  } else {
    content.text = text_in(value, "text");
  }
  return content;
}

DoneRecord done_from(const json::Value& value) {
  DoneRecord done{.remote = text_in(value, "remote"),
                  .revision = text_in(value, "revision"),
                  .clock = clock_in(value, "clock"),
                  .taken_in = text_in(value, "takenIn"),
                  .taken_in_clock = clock_in(value, "takenInClock")};
  if (const json::Value* agreed = value.find("agreed")) done.agreed = remote_state_from(*agreed);
  return done;
}

std::optional<JournalRecord> record_from(const json::Value& value) {
  const std::string kind = text_in(value, "record");
  if (kind == "content") return content_from(value);
  if (kind == "intent") {
    const json::Value* intent = value.find("intent");
    return intent != nullptr ? std::optional<JournalRecord>(intent_from(*intent)) : std::nullopt;
  }
  if (kind == "summary") {
    const json::Value* memory = value.find("memory");
    return memory != nullptr ? std::optional<JournalRecord>(SummaryRecord{*memory}) : std::nullopt;
  }
  if (kind == "done") return done_from(value);
  if (kind == "dropped") {
    return DroppedRecord{is_true_in(value, "mayBeStored"), is_true_in(value, "wasStored")};
  }
  if (kind == "settled") return SettledRecord{text_in(value, "remote")};
  if (kind == "undone") return UndoneRecord{text_in(value, "remote"), text_in(value, "ancestor")};
  if (kind != "machine" || text_in(value, "id").empty()) return std::nullopt;
  return MachineRecord{text_in(value, "id"), text_in(value, "fingerprint"), text_in(value, "was"),
                       count_in(value, "sureCount")};
}

json::Value value_of(const Replaced& replaced) {
  json::Object object;
  set(object, "local", replaced.local);
  set(object, "remote", replaced.remote);
  set(object, "became", replaced.became);
  set(object, "ancestor", replaced.ancestor);
  return object;
}

Replaced replaced_from(const json::Value& value) {
  return {.local = text_in(value, "local"),
          .remote = text_in(value, "remote"),
          .became = text_in(value, "became"),
          .ancestor = text_in(value, "ancestor")};
}

}  // namespace

bool holds_sum(std::string_view line) {
  if (line.size() <= sum_bytes || !line.ends_with(sum_end)) return false;
  const std::string_view ending = line.substr(line.size() - sum_bytes);
  if (!ending.starts_with(sum_begin)) return false;
  const std::string without = std::string(line.substr(0, line.size() - sum_bytes)) + "}";
  return ending.substr(sum_begin.size(), sum_digits) == sum_of(without);
}

std::string_view name_of(Source source) {
  switch (source) {
    case Source::local: return "local";
    case Source::remote: return "remote";
    case Source::merged: return "merged";
  }
  return "local";
}

json::Value value_of(const Intent& intent) {
  json::Object line;
  line.set("remote", intent.remote);
  set(line, "before", intent.before);
  if (intent.before_modified_ns != 0) {
    line.set("beforeModified", std::to_string(intent.before_modified_ns));
  }
  if (intent.before_inode != 0) line.set("beforeInode", std::to_string(intent.before_inode));
  set(line, "boot", intent.boot);
  line.set("after", intent.after);
  set(line, "clock", intent.clock);
  set_true(line, "puts", intent.puts);
  set_true(line, "replaces", intent.replaces);
  set(line, "beside", intent.beside);
  set(line, "over", intent.over);
  set(line, "overClock", intent.over_clock);
  if (!intent.conflicts.empty()) line.set("conflicts", paths_of(intent.conflicts));
  return line;
}

Intent intent_from(const json::Value& value) {
  return {.remote = text_in(value, "remote"),
          .before = text_in(value, "before"),
          .before_modified_ns = static_cast<std::int64_t>(
              base::parse_unsigned(text_in(value, "beforeModified")).value_or(0)),
          .before_inode = base::parse_unsigned(text_in(value, "beforeInode")).value_or(0),
          .boot = text_in(value, "boot"),
          .after = text_in(value, "after"),
          .clock = clock_in(value, "clock"),
          .puts = is_true_in(value, "puts"),
          .replaces = is_true_in(value, "replaces"),
          .beside = text_in(value, "beside"),
          .over = text_in(value, "over"),
          .over_clock = clock_in(value, "overClock"),
          .conflicts = paths_in(value, "conflicts")};
}

json::Value value_of(const RemoteState& state) {
  json::Object object;
  set(object, "ancestor", state.ancestor);
  set(object, "clock", state.clock);
  set(object, "etag", state.etag);
  set(object, "lastModified", state.last_modified);
  set(object, "modified", state.modified);
  set(object, "writer", state.writer);
  if (state.replaced) object.set("replaced", value_of(*state.replaced));
  return object;
}

RemoteState remote_state_from(const json::Value& value) {
  RemoteState state{.ancestor = text_in(value, "ancestor"),
                    .clock = clock_in(value, "clock"),
                    .etag = text_in(value, "etag"),
                    .last_modified = base::parse_time(text_in(value, "lastModified")),
                    .modified = base::parse_time(text_in(value, "modified")),
                    .writer = text_in(value, "writer")};
  if (const json::Value* replaced = value.find("replaced")) {
    state.replaced = replaced_from(*replaced);
  }
  return state;
}

std::string format_record(const JournalRecord& record, UtcTime at) {
  json::Object object{{"at", base::format_rfc3339(at)}};
  std::visit([&](const auto& value) { describe(object, value); }, record);
  std::string line = json::write_compact(json::Value(std::move(object)));
  const std::string sum = sum_of(line);
  line.pop_back();
  line.append(sum_begin).append(sum).append(sum_end) += '\n';
  return line;
}

std::optional<ParsedRecord> parse_record(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (!holds_sum(line)) return std::nullopt;
  const auto parsed = json::parse(line);
  const json::Value* value = std::get_if<json::Value>(&parsed);
  if (value == nullptr) return std::nullopt;
  auto record = record_from(*value);
  if (!record) return std::nullopt;
  return ParsedRecord{*std::move(record),
                      base::parse_time(text_in(*value, "at")).value_or(UtcTime{})};
}

std::string last_sum(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() < sum_bytes || !text.ends_with(sum_end)) return "";
  return std::string(text.substr(text.size() - sum_end.size() - sum_digits, sum_digits));
}

}  // namespace start_claude::sync
