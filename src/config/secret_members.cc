#include "config/secret_members.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace start_claude::config {
namespace {

/// A word that contains one of these names a secret.
constexpr std::array<std::string_view, 7> secret_parts{
    "secret", "password", "passwd", "passphrase", "credential", "authorization", "apikey"};
/// A word that ends in one of these does. "monkey" costs a mask too many.
constexpr std::array<std::string_view, 7> secret_endings{"key",    "keys",      "token", "cookie",
                                                         "bearer", "signature", "pwd"};
/// The last word of a name only: authType is none, NPM_AUTH is.
constexpr std::array<std::string_view, 3> secret_last_words{"auth", "pat", "jwt"};
/// Beside "tokens" these make it a count of words, not a list of secrets.
constexpr std::array<std::string_view, 12> counting_words{"max",    "min",      "limit",   "count",
                                                          "budget", "window",   "total",   "output",
                                                          "input",  "thinking", "context", "usage"};
constexpr std::array<std::string_view, 4> secret_value_starts{"bearer ", "basic ", "sk-", "ghp_"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Lower-case words of apiKey, API_KEY, x-api-key, XApiKey.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool is_part =
        is_upper(c) || is_lower(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
    const bool after_lower = i > 0 && (is_lower(name[i - 1]) || is_digit(name[i - 1]));
    const bool ends_acronym =
        i > 0 && i + 1 < name.size() && is_upper(name[i - 1]) && is_lower(name[i + 1]);
    const bool starts_word = is_upper(c) && (after_lower || ends_acronym);
    if ((!is_part || starts_word) && !words.back().empty()) words.emplace_back();
    if (is_part) words.back() += base::to_lower(std::string_view(&c, 1));
  }
  if (words.size() > 1 && words.back().empty()) words.pop_back();
  return words;
}

bool is_secret_word(std::string_view word) {
  return std::any_of(secret_parts.begin(), secret_parts.end(),
                     [&](std::string_view part) { return word.find(part) != word.npos; }) ||
         std::any_of(secret_endings.begin(), secret_endings.end(),
                     [&](std::string_view ending) { return word.ends_with(ending); });
}

using Words = std::vector<std::string>;

bool are_secret_words(const Words& words) {
  const bool counts = std::any_of(words.begin(), words.end(),
                                  [](const auto& word) { return contains(counting_words, word); });
  if (std::any_of(words.begin(), words.end(), is_secret_word)) {
    const bool only_tokens = std::none_of(words.begin(), words.end(), [](const auto& word) {
      return word != "token" && is_secret_word(word);
    });
    return !(only_tokens && counts);
  }
  if (contains(secret_last_words, words.back())) return true;
  return contains(words, "tokens") && !counts;
}

/// ANTHROPIC_CUSTOM_HEADERS: whole header lines, an authorization among them as a rule.
bool name_header_lines(const Words& words) {
  return contains(words, "custom") && contains(words, "headers");
}

/// A URL such as http://name:password@proxy:3128.
bool is_url_with_password(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == text.npos) return false;
  const std::string_view authority =
      text.substr(scheme + 3, text.find('/', scheme + 3) - scheme - 3);
  const std::size_t at = authority.rfind('@');
  return at != authority.npos && authority.substr(0, at).find(':') != authority.npos;
}

/// "--api-key=..." and "X-Api-Key: ...", as in lists of arguments and headers.
bool is_named_secret(std::string_view text) {
  const std::size_t end = text.find_first_of("=:");
  if (end == text.npos || end + 1 == text.size()) return false;
  const std::string_view name = text.substr(0, end);
  return name.find_first_of(" /") == name.npos && is_secret_member(name);
}

bool is_secret_text(std::string_view text) {
  text = base::trim(text);
  const std::string lower = base::to_lower(text);
  const bool starts_secret =
      std::any_of(secret_value_starts.begin(), secret_value_starts.end(),
                  [&](std::string_view start) { return lower.starts_with(start); });
  if (starts_secret || is_url_with_password(text)) return true;
  // Headers come several to a text, one a line.
  const auto lines = base::split(text, '\n');
  return std::any_of(lines.begin(), lines.end(), is_named_secret);
}

/// ["--api-key", "..."]: the flag in one element, its value in the next.
bool is_secret_flag(const json::Value& element) {
  const std::string* text = element.as_string();
  return text != nullptr && text->starts_with('-') && is_secret_member(*text);
}

}  // namespace

bool is_secret_member(std::string_view name) {
  const auto words = words_of(name);
  return are_secret_words(words) || name_header_lines(words);
}

bool is_secret_path(const std::vector<std::string>& path) {
  // The name of an object in a bucket, which is called its key.
  if (path == std::vector<std::string>{"settings", "s3Sync", "key"}) return false;
  // {"configs", NAME, ...}: a profile may be called "token" without being one.
  const std::size_t first = !path.empty() && path[0] == "configs" ? 2 : 0;
  for (std::size_t i = first; i < path.size(); ++i) {
    const auto words = words_of(path[i]);
    if (are_secret_words(words)) return true;
    // Of header lines apart, each has a name that tells.
    if (name_header_lines(words) && i + 1 == path.size()) return true;
  }
  return false;
}

bool holds_secret(const json::Value& value) {
  if (const std::string* text = value.as_string()) return is_secret_text(*text);
  if (const json::Array* array = value.as_array()) {
    return std::any_of(array->begin(), array->end(), [](const json::Value& element) {
      return is_secret_flag(element) || holds_secret(element);
    });
  }
  if (const json::Object* object = value.as_object()) {
    return std::any_of(object->members().begin(), object->members().end(),
                       [](const json::Member& member) {
                         return is_secret_member(member.name) || holds_secret(member.value);
                       });
  }
  return false;
}

bool is_secret(const std::vector<std::string>& path, const json::Value& value) {
  return is_secret_path(path) || holds_secret(value);
}

}  // namespace start_claude::config
