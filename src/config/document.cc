#include "config/document.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "config/profile.h"
#include "crypto/sha256.h"
#include "json/parse.h"
#include "json/write.h"

namespace start_claude::config {
namespace {

constexpr std::string_view configs_name = "configs";
constexpr std::string_view settings_name = "settings";
constexpr std::string_view s3_sync_name = "s3Sync";
constexpr std::uint64_t schema_version_max = 1'000'000;

const json::Array* entries_of(const json::Value& document) {
  const json::Value* configs = document.find(configs_name);
  return configs != nullptr ? configs->as_array() : nullptr;
}

const json::Value* s3_sync_of(const json::Value& document) {
  const json::Value* settings = document.find(settings_name);
  return settings != nullptr ? settings->find(s3_sync_name) : nullptr;
}

/// What a text that is no JSON is instead, where its first bytes say so.
std::string foreign_format(std::string_view text) {
  if (text.starts_with("\x1F\x8B")) return "is compressed with gzip: it must be plain JSON";
  const bool is_utf_16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
                         text.starts_with(std::string_view("{\0", 2)) ||
                         text.starts_with(std::string_view("\0{", 2));
  return is_utf_16 ? "is UTF-16 text: it must be saved as UTF-8" : "";
}

/// Whatever else is in it, a profile has a name, or what tells it from others.
bool is_nameless(const json::Value& entry) {
  const json::Value* name = entry.find("name");
  const bool has_name = name != nullptr && name->kind() == json::Kind::string;
  return !has_name && entry.find("id") == nullptr && !is_tombstone(entry);
}

/// Adds a member where it stands in `model`: after the nearest member before it that both have,
/// else in front.
void put_where(json::Object& object, std::string_view name, json::Value value,
               const json::Object& model) {
  auto& members = object.members();
  std::unordered_map<std::string_view, std::ptrdiff_t> place_after;
  std::ptrdiff_t count = 0;
  for (const json::Member& member : members) place_after[member.name] = ++count;
  std::ptrdiff_t place = 0;
  for (const json::Member& member : model.members()) {
    if (member.name == name) break;
    const auto found = place_after.find(member.name);
    if (found != place_after.end()) place = found->second;
  }
  members.insert(members.begin() + place, json::Member{std::string(name), std::move(value)});
}

}  // namespace

Result<json::Value> parse_document(std::string_view text) {
  return parse_shared_document(std::string(text));
}

Result<json::Value> parse_shared_document(base::SharedText text) {
  auto parsed = json::parse_shared(text);
  if (const auto* error = std::get_if<json::SyntaxError>(&parsed)) {
    if (auto format = foreign_format(text); !format.empty()) {
      return Error{ErrorKind::invalid_data, std::move(format)};
    }
    return Error{ErrorKind::invalid_data, "is not valid JSON (line " + std::to_string(error->line) +
                                              ", column " + std::to_string(error->column) + ": " +
                                              error->reason + ")"};
  }
  return std::get<json::Value>(std::move(parsed));
}

Shape shape_of(const json::Value& value) {
  if (value.as_object() == nullptr) return Shape::damaged;
  const json::Value* configs = value.find(configs_name);
  if (configs == nullptr) return Shape::bare;
  const json::Array* entries = configs->as_array();
  if (entries == nullptr) return Shape::damaged;
  for (const json::Value& entry : *entries) {
    if (entry.kind() != json::Kind::object) return Shape::damaged;
  }
  // `[{}]` is what a program leaves that lost everything but the brackets: it must not pass for a
  // profile and replace those that are elsewhere.
  const bool has_profile = std::any_of(entries->begin(), entries->end(),
                                       [](const json::Value& e) { return !is_nameless(e); });
  return has_profile || entries->empty() ? Shape::document : Shape::nameless;
}

std::size_t entry_count(const json::Value& document) {
  const json::Array* entries = entries_of(document);
  if (entries == nullptr) return 0;
  return static_cast<std::size_t>(
      std::count_if(entries->begin(), entries->end(),
                    [](const json::Value& entry) { return !says_nothing(entry); }));
}

std::size_t profile_count(const json::Value& document) {
  const json::Array* entries = entries_of(document);
  if (entries == nullptr) return 0;
  std::size_t count = 0;
  for (const json::Value& entry : *entries)
    if (!is_tombstone(entry) && !says_nothing(entry)) ++count;
  return count;
}

json::Value without_s3_sync(json::Value document) {
  json::Object* root = document.as_object();
  if (root == nullptr) return document;
  if (!has_s3_sync(document)) return document;  // and all of it stays shared
  auto& members = root->members();
  // Of a repeated `settings` only the last counts, but the secrets of all would leave the machine.
  const auto is_emptied = [](json::Member& member) {
    json::Object* settings = member.name == settings_name ? member.value.as_object() : nullptr;
    return settings != nullptr && settings->remove(s3_sync_name) && settings->empty();
  };
  const auto is_settings = [](const json::Member& member) { return member.name == settings_name; };
  const auto last = std::find_if(members.rbegin(), members.rend(), is_settings);
  // Once the last is gone those before it would count.
  if (last != members.rend() && is_emptied(*last)) {
    members.erase(std::remove_if(members.begin(), members.end(), is_settings), members.end());
  } else {
    members.erase(std::remove_if(members.begin(), members.end(), is_emptied), members.end());
  }
  return document;
}

bool has_s3_sync(const json::Value& document) {
  const json::Object* root = document.as_object();
  return root != nullptr && std::any_of(root->members().begin(), root->members().end(),
                                        [](const json::Member& member) {
                                          return member.name == settings_name &&
                                                 member.value.find(s3_sync_name) != nullptr;
                                        });
}

json::Value with_s3_sync(json::Value document, json::Value s3_sync) {
  json::Object* root = document.as_object();
  if (root == nullptr) return document;
  json::Value* settings = root->find(settings_name);
  if (settings == nullptr || settings->as_object() == nullptr) {
    root->set(settings_name, json::Object{});
    settings = root->find(settings_name);
  }
  settings->as_object()->set(s3_sync_name, std::move(s3_sync));
  return document;
}

json::Value with_s3_sync_of(json::Value document, const json::Value& local) {
  document = without_s3_sync(std::move(document));
  const json::Value* s3_sync = s3_sync_of(local);
  json::Object* root = document.as_object();
  if (s3_sync == nullptr || root == nullptr) return document;
  if (root->find(settings_name) == nullptr) {
    put_where(*root, settings_name, json::Object{}, *local.as_object());
  }
  json::Value* settings = root->find(settings_name);
  if (settings->as_object() == nullptr) *settings = json::Object{};
  put_where(*settings->as_object(), s3_sync_name, *s3_sync,
            *local.find(settings_name)->as_object());
  return document;
}

namespace {

/// What two equal sides share.
json::Value shared_part(const json::Value& document) {
  json::Value shared = without_s3_sync(document);
  const json::Value* settings = shared.find(settings_name);
  const json::Object* object = settings != nullptr ? settings->as_object() : nullptr;
  // A machine whose settings hold nothing but s3Sync must equal one that has none.
  if (object != nullptr && object->empty()) shared.as_object()->remove(settings_name);
  return shared;
}

}  // namespace

std::string canonical_text(const json::Value& document) {
  return json::write_canonical(shared_part(document));
}

std::string revision_of(const json::Value& document) {
  crypto::Sha256 hash;
  json::write_canonical(shared_part(document),
                        [&hash](std::string_view piece) { hash.add(piece); });
  return hash.hex();
}

int schema_version(const json::Value& document) {
  const json::Value* version = document.find("version");
  const json::Number* number = version != nullptr ? version->as_number() : nullptr;
  const auto value = number != nullptr ? base::parse_unsigned(number->spelling) : std::nullopt;
  return value && *value <= schema_version_max ? static_cast<int>(*value) : 1;
}

}  // namespace start_claude::config
