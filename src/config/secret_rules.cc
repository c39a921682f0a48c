#include "config/secret_rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "config/header_lines.h"
#include "config/secret_mask.h"
#include "config/secret_members.h"

namespace start_claude::config {
namespace {

using Path = std::vector<std::string>;

constexpr std::string_view mask_problem = "is a mask, not a secret; nothing was saved";
constexpr std::string_view blank_problem = "is blank; nothing was saved (null removes it)";

struct CharacterName {
  char32_t character;
  std::string_view name;
};

constexpr std::array<CharacterName, 5> character_names{{{0x09, "a tab"},
                                                        {0xA0, "a no-break space"},
                                                        {0xAD, "a soft hyphen"},
                                                        {0x200B, "a zero-width space"},
                                                        {0xFEFF, "a byte order mark"}}};

std::string name_of_character(char32_t character) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string code = "U+";
  for (int shift = character > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4) {
    code += digits[character >> static_cast<unsigned>(shift) & 0xFU];
  }
  for (const CharacterName& known : character_names) {
    if (known.character == character) return std::string(known.name) + " (" + code + ")";
  }
  return code;
}

/// A variable or a header of a profile.
bool is_below(std::string_view object, const Path& path) {
  return path.size() == 4 && path[0] == "configs" && path[2] == object;
}

/// Variables of the environment may hold whole files: PEM blocks, keys as JSON, header lines.
bool may_have_lines(std::string_view text, const Path& path) {
  const bool are_headers = base::to_lower(path.back()).find("headers") != std::string::npos;
  if (!is_below("env", path)) return are_headers;
  return text.starts_with("-----BEGIN ") || text.starts_with('{') ||
         (are_headers && parse_header_lines(text));
}

/// What the path names, as far as a patch and what it patches may have it in different forms.
json::Value member_of(const json::Value& value, const Path& path, std::string_view name) {
  if (const auto headers = header_members(value, path)) {
    for (const HeaderLine& header : *headers) {
      if (base::equal_ignoring_case(header.name, name)) return header.value;
    }
    return json::Null{};
  }
  const json::Value* member = value.find(name);
  return member != nullptr ? *member : json::Value(json::Null{});
}

class SecretCheck {
 public:
  explicit SecretCheck(const Path& root) : root_size_(root.size()) {}

  json::Value check(const json::Value& patch, const json::Value& before, const Path& path) {
    if (const json::Object* object = patch.as_object()) {
      json::Object checked;
      for (const json::Member& member : object->members()) {
        checked.set(member.name,
                    check(member.value, member_of(before, path, member.name), below(path, member)));
      }
      return checked;
    }
    if (const json::Array* list = patch.as_array()) {
      const bool hides = is_secret(path, before) || is_secret(path, patch);
      check_list(*list, path, hides);
      return patch;
    }
    const std::string* text = patch.as_string();
    if (text == nullptr) return patch;
    if (const auto headers = header_members(patch, path)) {
      for (const HeaderLine& header : *headers) {
        Path place = path;
        place.push_back(header.name);
        (void)check_text(header.value, member_of(before, path, header.name), place);
      }
      return std::string(base::trim(*text));
    }
    return check_text(*text, before, path);
  }

  std::vector<FieldProblem> problems() && { return std::move(problems_); }

 private:
  static Path below(Path path, const json::Member& member) {
    path.push_back(member.name);
    return path;
  }

  void complain(const Path& path, std::string problem) {
    const Path field(path.begin() + static_cast<std::ptrdiff_t>(root_size_), path.end());
    problems_.push_back({base::printable(base::join(field, ".")), std::move(problem)});
  }

  std::string check_text(const std::string& text, const json::Value& before, const Path& path) {
    const bool is_secret_now = is_secret(path, text);
    if (!is_secret_now && !is_secret(path, before)) {
      const bool is_name = path.size() == 3 && path[0] == "configs" && path[2] == "name";
      if (!is_name && is_plain_mask(text)) {
        complain(path, std::string(mask_problem));
      } else if (is_below("customHeaders", path)) {
        complain_of_lines(text, path);
      }
      return text;
    }
    std::string trimmed(base::trim(text));
    const std::string* stored = before.as_string();
    if (is_mask(trimmed)) {
      complain(path, std::string(mask_problem));
    } else if (trimmed.empty() && stored != nullptr && !base::trim(*stored).empty()) {
      complain(path, std::string(blank_problem));
    } else if (must_be_a_line(trimmed, path)) {
      complain_of_lines(trimmed, path);
    }
    return trimmed;
  }

  void complain_of_lines(std::string_view text, const Path& path) {
    if (auto problem = line_problem(text); !problem.empty()) complain(path, std::move(problem));
  }

  /// Texts that only say by their contents that they hold a secret may be whole pages.
  static bool must_be_a_line(std::string_view text, const Path& path) {
    const bool is_one =
        is_secret_path(path) || is_below("env", path) || text.find("://") != text.npos;
    return is_one && !may_have_lines(text, path);
  }

  void check_list(const json::Array& list, const Path& path, bool hides) {
    for (const json::Value& element : list) {
      if (const json::Array* inner = element.as_array()) {
        check_list(*inner, path, hides);
      } else if (const std::string* text = element.as_string()) {
        if (hides ? is_mask(*text) : is_plain_mask(*text)) {
          complain(path, std::string(mask_problem));
        }
      } else {
        (void)check(element, json::Null{}, path);
      }
    }
  }

  std::size_t root_size_;
  std::vector<FieldProblem> problems_;
};

}  // namespace

CheckedPatch check_secrets(const json::Value& patch, const json::Value& before,
                           const std::vector<std::string>& path) {
  SecretCheck check(path);
  json::Value checked = check.check(patch, before, path);
  return {std::move(checked), std::move(check).problems()};
}

std::string line_problem(std::string_view text) {
  if (text.find_first_of("\r\n") != text.npos) {
    return "has a line break inside; it must be one line";
  }
  const auto invisible = base::first_invisible(text);
  if (!invisible) return {};
  return "has an invisible character in it: " + name_of_character(*invisible) +
         "; type it or copy it without";
}

}  // namespace start_claude::config
