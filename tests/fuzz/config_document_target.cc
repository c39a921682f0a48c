// config.json: reading, writing over, and what config makes of it.
//
// Input: the text of the file, then a text that replaces one of its values and picks which.
#include <algorithm>

#include "base/bytes.h"
#include "config/document.h"
#include "config/s3_settings.h"
#include "config/secret_members.h"
#include "config/secret_text.h"
#include "json/write.h"
#include "property.h"
#include "support/reference_json.h"
#include "targets.h"

namespace start_claude::fuzz {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

void expect_same(const json::Value& value, const std::string& text, const std::string& law) {
  const auto again = value_of(text);
  if (!again || *again != value) broken(law, text);
}

void check_writing(std::string_view text, const json::Value& value) {
  expect_same(value, json::write_compact(value), "the compact text says the value");
  expect_same(value, json::write_pretty(value), "the pretty text says the value");
  const std::string canonical = json::write_canonical(value);
  expect_same(value, canonical, "the canonical text says the value");
  const auto again = value_of(canonical);
  if (json::write_canonical(*again) != canonical) broken("canonical texts are canonical");
  if (json::hash_of(*again) != json::hash_of(value)) broken("equal values have equal hashes");
  if (json::write_over(text, value) != text) broken("what did not change keeps its bytes");
}

/// All values in `value`, itself first, each before those in it.
template <class Each>
void for_each_value(const json::Value& value, Each each) {
  each(value);
  if (const json::Array* array = value.as_array()) {
    for (const json::Value& element : *array) for_each_value(element, each);
  }
  if (const json::Object* object = value.as_object()) {
    for (const json::Member& member : object->members()) for_each_value(member.value, each);
  }
}

/// The value of node `number`, to change it.
json::Value* node_at(json::Value& value, std::size_t& number) {
  if (number == 0) return &value;
  --number;
  if (json::Array* array = value.as_array()) {
    for (json::Value& element : *array) {
      if (json::Value* found = node_at(element, number)) return found;
    }
  }
  if (json::Object* object = value.as_object()) {
    for (json::Member& member : object->members()) {
      if (json::Value* found = node_at(member.value, number)) return found;
    }
  }
  return nullptr;
}

/// Changes one scalar, and expects that every byte outside of it stays.
void check_one_change(std::string_view text, std::string_view pick) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const json::Value value = *value_of(text);
  std::vector<json::Value> nodes;
  for_each_value(value, [&nodes](const json::Value& node) { nodes.push_back(node); });
  std::size_t number = 0;
  for (const char c : pick) number = number * 31 + static_cast<unsigned char>(c);
  number %= nodes.size();
  json::Value changed = value;
  std::size_t left = number;
  json::Value* place = node_at(changed, left);
  if (place == nullptr) broken("a copy has the nodes of the original");
  if (place->as_array() != nullptr || place->as_object() != nullptr) return;
  const std::string fresh = "changed " + base::to_hex(pick.substr(0, 8));
  *place = fresh;
  const std::string written = json::write_over(text, changed);
  expect_same(changed, written, "a changed document says what changed");
  // One of two members of a name says nothing: changing it is no change.
  if (changed == value) return;
  const std::size_t begin = nodes[number].text_begin();
  std::string expected(text.substr(0, begin));
  expected.append("\"").append(fresh).append("\"");
  expected.append(text.substr(begin + nodes[number].text().size()));
  if (written != expected) broken("only the changed value's bytes change", written);
}

void check_s3_sync(std::string_view text, const json::Value& value) {
  const json::Value shared = config::without_s3_sync(value);
  if (config::has_s3_sync(shared)) broken("a shared document has no s3Sync");
  const std::string shared_text = json::write_over(text, shared);
  expect_same(shared, shared_text, "the shared text says the shared document");
  if (config::revision_of(shared) != config::revision_of(value)) {
    broken("settings.s3Sync is not in the revision");
  }
  if (config::shape_of(value) == config::Shape::damaged) return;
  const json::Value back = config::with_s3_sync_of(shared, value);
  if (config::revision_of(back) != config::revision_of(value)) {
    broken("the s3Sync put back is not in the revision");
  }
  const json::Value* settings = value.find("settings");
  const json::Value* own = settings != nullptr ? settings->find("s3Sync") : nullptr;
  const json::Value* restored = back.find("settings");
  if (restored != nullptr) restored = restored->find("s3Sync");
  if ((own != nullptr) != (restored != nullptr) || (own != nullptr && *own != *restored)) {
    broken("a download keeps settings.s3Sync", json::write_compact(back));
  }
}

void check_settings(const json::Value& value) {
  if (value.as_object() == nullptr) return;
  const auto settings = config::s3_settings_from(value);
  if (!settings || !*settings) return;
  const json::Value saved = config::with_s3_settings(value, **settings);
  const auto again = config::s3_settings_from(saved);
  if (!again || !*again) broken("saved settings can be read", json::write_compact(saved));
  if ((*again)->bucket != (*settings)->bucket || (*again)->key != (*settings)->key ||
      (*again)->secret_access_key != (*settings)->secret_access_key) {
    broken("saved settings are the same settings", json::write_compact(saved));
  }
  if (config::with_s3_settings(saved, **again) != saved) broken("saving twice changes nothing");
}

/// Every string that counts as a secret where it stands.
void collect_secrets(const json::Value& value, std::vector<std::string>& path,
                     std::vector<std::string>& secrets) {
  if (const std::string* string = value.as_string()) {
    if (config::is_secret_path(path)) secrets.push_back(*string);
  } else if (const json::Object* object = value.as_object()) {
    for (const json::Member& member : object->members()) {
      path.push_back(member.name);
      collect_secrets(member.value, path, secrets);
      path.pop_back();
    }
  } else if (const json::Array* array = value.as_array()) {
    for (const json::Value& element : *array) collect_secrets(element, path, secrets);
  }
}

void check_masking(std::string_view text) {
  constexpr std::string_view mask = "****";
  const std::string masked = config::mask_secret_strings(text, mask);
  if (config::mask_secret_strings(masked, mask) != masked) broken("masking twice changes nothing");
  if (!value_of(text)) return;
  const auto value = value_of(masked);
  if (!value) broken("masked JSON is JSON", masked);
  std::vector<std::string> path;
  std::vector<std::string> secrets;
  collect_secrets(*value, path, secrets);
  const auto is_shown = [&](const std::string& secret) { return secret != mask; };
  if (std::any_of(secrets.begin(), secrets.end(), is_shown)) broken("no secret is left", masked);
}

}  // namespace

void config_document(std::string_view input) {
  const auto texts = split_texts(input, 2);
  const std::string_view text = texts[0];
  const auto value = value_of(text);
  if (value != support::reference_parse(text)) {
    broken("two readings agree on what is JSON, and on what it says");
  }
  check_masking(text);
  if (!value) return;
  check_writing(text, *value);
  check_one_change(text, texts[1]);
  check_s3_sync(text, *value);
  check_settings(*value);
  if (const auto other = value_of(texts[1])) {
    expect_same(*other, json::write_over(text, *other), "what is written over says the new value");
  }
}

}  // namespace start_claude::fuzz
