#include "config/secret_mask.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/secret.h"
#include "base/text.h"
#include "config/header_lines.h"
#include "config/secret_members.h"
#include "json/write.h"

namespace start_claude::config {
namespace {

using Path = std::vector<std::string>;

/// What masks are made of beside "*", also as URLs have it.
constexpr std::array<std::string_view, 12> mask_characters{
    "•", "●", "∙", "·", "∗", "＊", "⁎", "✱", "█", "%2A", "%2a", "%E2%80%A2"};
constexpr std::size_t tail_max = 4;  ///< how much of a secret its mask shows as a rule

Path below(Path path, std::string name) {
  path.push_back(std::move(name));
  return path;
}

std::string_view userinfo_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const auto at = authority.rfind('@');
  return at == authority.npos ? std::string_view() : authority.substr(0, at);
}

/// "https://****@host/path?****"; a text that is no URL with a user is hidden as a whole.
std::string mask_text(std::string_view text, const Path& path) {
  const std::string_view userinfo = userinfo_of(text);
  const bool is_url = !userinfo.empty() && text.find_first_of(" \t\r\n") == text.npos;
  if (!is_url || is_secret_path(path)) return base::mask(text);
  const auto start = static_cast<std::size_t>(userinfo.data() - text.data());
  const std::string_view rest = text.substr(start + userinfo.size());
  const auto query = rest.find_first_of("?#");
  std::string shown =
      std::string(text.substr(0, start)) + "****" + std::string(rest.substr(0, query));
  if (query != rest.npos) shown += std::string(rest.substr(query, 1)) + "****";
  return shown;
}

json::Value mask_of(const json::Value& value, const Path& path) {
  const std::string* text = value.as_string();
  if (text != nullptr && text->empty()) return value;
  if (text != nullptr) return mask_text(*text, path);
  return base::mask(json::write_compact(value));
}

class Showing {
 public:
  explicit Showing(const Path& root) : root_size_(root.size()) {}

  json::Value show(const json::Value& value, const Path& path) {
    if (const json::Object* object = value.as_object()) {
      json::Object shown;
      for (const json::Member& member : object->members()) {
        shown.set(member.name, show(member.value, below(path, member.name)));
      }
      return shown;
    }
    if (const json::Array* array = value.as_array()) return show_list(*array, path);
    if (auto headers = header_members(value, path))
      return show_headers(*std::move(headers), value, path);
    if (value.is_null() || value.as_bool() != nullptr || !is_secret(path, value)) return value;
    json::Value mask = mask_of(value, path);
    if (mask != value) hide(path);
    return mask;
  }

  std::vector<Path> secrets() && { return std::move(secrets_); }

 private:
  void hide(const Path& path) {
    secrets_.emplace_back(path.begin() + static_cast<std::ptrdiff_t>(root_size_), path.end());
  }

  /// A list is one value: of one that holds a secret, no text is shown.
  json::Value show_list(const json::Array& list, const Path& path) {
    const bool holds = holds_secret(list);
    Showing inside(path);
    json::Array shown;
    for (const json::Value& element : list) {
      const bool hides = holds && element.as_string() != nullptr;
      shown.push_back(hides ? mask_of(element, below(path, "secret")) : inside.show(element, path));
    }
    if (shown != list) hide(path);
    return shown;
  }

  json::Value show_headers(std::vector<HeaderLine> headers, const json::Value& value,
                           const Path& path) {
    bool hides = false;
    for (HeaderLine& header : headers) {
      const json::Value shown = show(header.value, below(path, header.name));
      hides = hides || shown != json::Value(header.value);
      header.value = *shown.as_string();
    }
    return hides ? json::Value(format_header_lines(headers)) : value;
  }

  std::size_t root_size_;
  std::vector<Path> secrets_;
};

/// With "*" for whatever a mask is made of, and blanks and what nobody sees around it gone.
std::string with_stars(std::string_view text) {
  std::string plain(text);
  for (const std::string_view each : mask_characters) plain = base::replace_all(plain, each, "*");
  plain = base::replace_all(plain, "…", "**");
  for (const std::string_view each : {"\u00A0", "\u200B", "\u2060", "\uFEFF"}) {
    plain = base::replace_all(plain, each, "");
  }
  return std::string(base::trim(plain));
}

/// "*9f2c", "**": a star, and no more after the stars than a mask shows.
bool is_starred_tail(std::string_view text) {
  const auto stars = std::min(text.find_first_not_of('*'), text.size());
  return stars > 0 && text.size() - stars <= tail_max;
}

}  // namespace

ShownValue shown_value(const json::Value& value, const std::vector<std::string>& path) {
  Showing showing(path);
  json::Value shown = showing.show(value, path);
  return {std::move(shown), std::move(showing).secrets()};
}

json::Value masked(const json::Value& value, const std::vector<std::string>& path) {
  return shown_value(value, path).value;
}

std::optional<json::Value> value_at(const json::Value& value, const std::vector<std::string>& root,
                                    const std::vector<std::string>& path) {
  json::Value found = value;
  Path place = root;
  for (const std::string& name : path) {
    if (const auto headers = header_members(found, place)) {
      const auto header = std::find_if(headers->begin(), headers->end(),
                                       [&](const HeaderLine& each) { return each.name == name; });
      if (header == headers->end()) return std::nullopt;
      found = json::Value(header->value);
    } else {
      const json::Value* member = found.find(name);
      if (member == nullptr) return std::nullopt;
      found = json::Value(*member);
    }
    place.push_back(name);
  }
  return found;
}

bool is_mask(std::string_view secret) {
  const std::string text = with_stars(secret);
  const bool is_one_word = text.find_first_of(" \n") == text.npos && text.find("://") == text.npos;
  if (is_one_word && text.find("...") != text.npos) return true;  // "sk-...9f2c"
  if (text.find("**") != text.npos || is_starred_tail(text)) return true;
  const std::string_view userinfo = userinfo_of(text);
  if (is_starred_tail(userinfo.substr(std::min(userinfo.find(':') + 1, userinfo.size())))) {
    return true;
  }
  // "Bearer *9f2c"
  const auto blank = text.rfind(' ');
  return blank != text.npos && is_starred_tail(std::string_view(text).substr(blank + 1));
}

bool is_plain_mask(std::string_view text) {
  const std::string plain = with_stars(text);
  if (plain.starts_with("***") && is_starred_tail(plain)) return true;
  return userinfo_of(plain).find("**") != std::string_view::npos;
}

}  // namespace start_claude::config
