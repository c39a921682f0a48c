#include "config/document.h"

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

}  // namespace

Result<json::Value> parse_document(std::string_view text) {
  auto parsed = json::parse(text);
  if (const auto* error = std::get_if<json::SyntaxError>(&parsed)) {
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
    if (entry.as_object() == nullptr) return Shape::damaged;
  }
  return Shape::document;
}

std::size_t entry_count(const json::Value& document) {
  const json::Array* entries = entries_of(document);
  return entries != nullptr ? entries->size() : 0;
}

std::size_t profile_count(const json::Value& document) {
  const json::Array* entries = entries_of(document);
  if (entries == nullptr) return 0;
  std::size_t count = 0;
  for (const json::Value& entry : *entries) if (!is_tombstone(entry)) ++count;
  return count;
}

json::Value without_s3_sync(json::Value document) {
  json::Object* root = document.as_object();
  json::Value* settings = root != nullptr ? root->find(settings_name) : nullptr;
  json::Object* object = settings != nullptr ? settings->as_object() : nullptr;
  if (object == nullptr || !object->remove(s3_sync_name)) return document;
  if (object->empty()) root->remove(settings_name);
  return document;
}

bool has_s3_sync(const json::Value& document) { return s3_sync_of(document) != nullptr; }

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
  const json::Value* s3_sync = s3_sync_of(local);
  if (s3_sync == nullptr) return without_s3_sync(std::move(document));
  return with_s3_sync(std::move(document), *s3_sync);
}

std::string canonical_text(const json::Value& document) {
  return json::write_canonical(without_s3_sync(document));
}

std::string revision_of(const json::Value& document) {
  return crypto::sha256_hex(canonical_text(document));
}

int schema_version(const json::Value& document) {
  const json::Value* version = document.find("version");
  const json::Number* number = version != nullptr ? version->as_number() : nullptr;
  const auto value = number != nullptr ? base::parse_unsigned(number->spelling) : std::nullopt;
  return value && *value <= schema_version_max ? static_cast<int>(*value) : 1;
}

}  // namespace start_claude::config
