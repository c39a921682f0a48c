#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "json/bytes_ahead.h"
#include "json/match.h"
#include "json/parse.h"
#include "json/source.h"
#include "json/spacing.h"
#include "json/string_text.h"
#include "json/walker.h"
#include "json/write.h"

namespace start_claude::json {
namespace {

bool is_container(const Value& value) {
  return value.kind() == Kind::array || value.kind() == Kind::object;
}

bool is_empty(const Value& value) {
  if (const Array* array = value.as_array()) return array->empty();
  return value.as_object()->empty();
}

struct Interior;

/// A value of the original, where it stands in it.
struct Old {
  TextPart place;
  Value value;
  std::unique_ptr<Interior> interior = {};

  bool is_filled_container() const {
    if (!is_container(value)) return false;
    const std::string_view text = value.text();
    return white_space_end(text, 1) + 1 < text.size();
  }
};

/// The last array and the last object with something in it, seen among the parts of a container:
/// what a new one beside them is to look like.
class Models {
 public:
  void see(Old& old) {
    if (old.is_filled_container()) slot(old.value.kind()) = &old;
  }
  Old* for_one_like(const Value& value) const {
    if (!is_container(value)) return nullptr;
    return value.kind() == Kind::array ? array_ : object_;
  }

 private:
  Old*& slot(Kind kind) { return kind == Kind::array ? array_ : object_; }

  Old* array_ = nullptr;
  Old* object_ = nullptr;
};

/// A container of the original, looked into.
struct Interior {
  std::vector<Old> children;
  Names names;  ///< of an object: its children's
  Spacing spacing;
  Models models;                                       ///< the first of each kind
  std::unordered_map<std::string_view, Old*> by_name;  ///< of an object
};

/// What a value is written after: the value of the original that it replaces, else one of the
/// original that it is to look like, else a place.
struct Pattern {
  Old* replaced = nullptr;
  Old* model = nullptr;
  Place place;
};

/// One part of a container about to be written.
struct Part {
  const Value* after = nullptr;
  const std::string* name = nullptr;  ///< of a member
  Old* replaced = nullptr;            ///< the original's child it goes back to
  Old* model = nullptr;
};

std::vector<Part> parts_of(const Value& value) {
  std::vector<Part> parts;
  if (const Array* array = value.as_array()) {
    parts.reserve(array->size());
    for (const Value& element : *array) parts.push_back({&element});
  } else {
    parts.reserve(value.as_object()->size());
    for (const Member& member : value.as_object()->members()) {
      parts.push_back({&member.value, &member.name});
    }
  }
  return parts;
}

class Rewriter {
 public:
  /// `before` is what `original` says, and was parsed from it.
  Rewriter(const base::SharedText& original, const Value& before)
      : shared_(original), text_(original), source_(*before.source()) {
    const std::uint32_t begin = before.text_begin();
    const auto end = static_cast<std::uint32_t>(begin + before.text().size());
    root_ = {{{begin, begin}, {begin, end}}, Value(source_, begin, end)};
  }

  /// For values that differ.
  base::TextParts run(const Value& after) {
    put_from_original(0, root_.place.value.begin);
    put(after, {&root_, nullptr, {true, {}}});
    put_from_original(root_.place.value.end, text_.size());
    return std::move(result_);
  }

 private:
  const Customs& customs() {
    if (!customs_) customs_ = customs_of(text_);
    return *customs_;
  }

  static bool usable(const Old* old, const Value& value) {
    return old != nullptr && old->value.kind() == value.kind() && old->is_filled_container();
  }

  void put_from_original(std::size_t begin, std::size_t end) {
    result_.append(shared_, text_.substr(begin, end - begin));
  }

  void put(const Value& after, Pattern pattern) {
    if (pattern.replaced != nullptr && pattern.replaced->value == after) {
      const Extent place = pattern.replaced->place.value;
      return put_from_original(place.begin, place.end);
    }
    // Looked into as a copy, so that what is read of it goes when it is written.
    const Value value = after;
    if (!is_container(value) || is_empty(value)) {
      result_ += write_compact(value);
    } else if (usable(pattern.replaced, value)) {
      put_changed(value, *pattern.replaced);
    } else if (usable(pattern.model, value)) {
      put_like(value, *pattern.model);
    } else {
      if (pattern.replaced == &root_) pattern.place.own_line = customs().broken_root;
      put_new(value, pattern.place);
    }
  }

  Interior& inside(Old& old) {
    if (old.interior) return *old.interior;
    old.interior = std::make_unique<Interior>();
    Interior& interior = *old.interior;
    std::vector<TextPart> places;
    for_each_part(text_, old.place.value.begin, source_.large, [&](const TextPart& part) {
      places.push_back(part);
      interior.children.push_back({part, Value(source_, part.value.begin, part.value.end)});
      if (old.value.kind() != Kind::object) return;
      interior.names.push_back(*decode_string(without_quotes(source_.bytes(part.name))));
    });
    interior.spacing = spacing_of(text_, old.place.value, places,
                                  [this]() -> const Customs& { return customs(); });
    for (std::size_t i = interior.children.size(); i-- > 0;) {
      interior.models.see(interior.children[i]);
    }
    return interior;
  }

  /// The same container with other parts: each part keeps what it had.
  void put_changed(const Value& value, Old& old) {
    Interior& interior = inside(old);
    std::vector<Part> parts = parts_of(value);
    const Matches matches = matches_between(interior, parts);
    Models models = interior.models;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (matches[i] != no_match) {
        parts[i].replaced = &interior.children[matches[i]];
        models.see(*parts[i].replaced);
      }
      parts[i].model = models.for_one_like(*parts[i].after);
    }
    put_parts(value.kind(), parts, interior.spacing, &interior);
    old.interior.reset();
  }

  static Matches matches_between(const Interior& interior, const std::vector<Part>& parts) {
    if (!parts.empty() && parts.front().name != nullptr) {
      Names names;
      for (const Part& part : parts) names.push_back(*part.name);
      return match_members(interior.names, names);
    }
    Elements before;
    Elements after;
    for (const Old& child : interior.children) before.push_back(&child.value);
    for (const Part& part : parts) after.push_back(part.after);
    return match_elements(before, after);
  }

  /// A new container beside `model`, which is as deep in the document, so that its white space
  /// fits.
  void put_like(const Value& value, Old& model) {
    Interior& interior = inside(model);
    if (interior.by_name.empty()) {
      for (std::size_t i = interior.names.size(); i-- > 0;) {
        interior.by_name.emplace(interior.names[i], &interior.children[i]);
      }
    }
    std::vector<Part> parts = parts_of(value);
    for (Part& part : parts) {
      part.model = interior.models.for_one_like(*part.after);
      if (part.name == nullptr) continue;
      const auto found = interior.by_name.find(*part.name);
      if (found != interior.by_name.end() && usable(found->second, *part.after)) {
        part.model = found->second;
      }
    }
    put_parts(value.kind(), parts, interior.spacing, nullptr);
  }

  void put_new(const Value& value, const Place& place) {
    const char bracket = value.kind() == Kind::object ? '{' : '[';
    put_parts(value.kind(), parts_of(value), new_spacing(customs(), place, bracket), nullptr);
  }

  /// `old` is the container that the replaced parts stand in.
  void put_parts(Kind kind, const std::vector<Part>& parts, const Spacing& spacing,
                 const Interior* old) {
    const bool is_object = kind == Kind::object;
    const Place place = place_in(spacing);
    result_ += is_object ? '{' : '[';
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Part& part = parts[i];
      const bool replaces = part.replaced != nullptr;
      if (i == 0) {
        result_ += spacing.opening;
      } else if (replaces && part.replaced != &old->children.front()) {
        result_ += gap_before(text_, part.replaced->place.name.begin);
      } else {
        result_ += spacing.lead;
      }
      if (is_object) put_name(part, spacing);
      put(*part.after, {part.replaced, part.model, place});
      if (i + 1 == parts.size()) {
        result_ += spacing.closing;
      } else if (replaces && part.replaced != &old->children.back()) {
        result_.append(gap_after(text_, part.replaced->place.value.end)) += ',';
      } else {
        result_.append(spacing.trail) += ',';
      }
    }
    result_ += is_object ? '}' : ']';
  }

  void put_name(const Part& part, const Spacing& spacing) {
    if (part.replaced != nullptr) {
      const TextPart& member = part.replaced->place;
      put_from_original(member.name.begin, member.value.begin);
    } else {
      std::string quoted;
      append_quoted(quoted, *part.name);
      result_.append(quoted).append(spacing.colon);
    }
  }

  const base::SharedText& shared_;
  std::string_view text_;
  const Source& source_;
  Old root_;
  std::optional<Customs> customs_;
  base::TextParts result_;
};

}  // namespace

std::string write_over(std::string_view original, const Value& value) {
  const auto shared = base::SharedText::borrowed(original);
  const auto parsed = parse_shared(shared);
  const Value* before = std::get_if<Value>(&parsed);
  if (before == nullptr) return write_pretty(value);
  return write_over(shared, *before, value).str();
}

base::TextParts write_over(const base::SharedText& original, const Value& before,
                           const Value& value) {
  if (before == value) return base::TextParts(original);
  if (before.source() != nullptr && before.source()->text.data() == original.data()) {
    return Rewriter(original, before).run(value);
  }
  // It was changed since it was parsed, so that its parts have no places any more.
  const auto parsed = parse_shared(original);
  const Value* anew = std::get_if<Value>(&parsed);
  return anew != nullptr ? Rewriter(original, *anew).run(value)
                         : base::TextParts(write_pretty(value));
}

}  // namespace start_claude::json
