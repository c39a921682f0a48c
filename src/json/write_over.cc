#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "json/layout.h"
#include "json/match.h"
#include "json/outline.h"
#include "json/parse.h"
#include "json/spacing.h"
#include "json/string_text.h"
#include "json/write.h"

namespace start_claude::json {
namespace {

constexpr std::size_t no_node = static_cast<std::size_t>(-1);

bool is_container(const Value& value) {
  return value.as_array() != nullptr || value.as_object() != nullptr;
}

bool same_kind(const Value& a, const Value& b) { return a.state().index() == b.state().index(); }

bool is_empty(const Value& value) {
  if (const Array* array = value.as_array()) return array->empty();
  return value.as_object()->empty();
}

/// The last array and the last object with something in it, seen among the parts of a container:
/// what a new one beside them is to look like.
class Models {
 public:
  void see(const Value& value, std::size_t node) {
    if (is_container(value) && !is_empty(value)) slot(value) = node;
  }
  std::size_t for_one_like(const Value& value) const {
    if (!is_container(value)) return no_node;
    return value.as_array() != nullptr ? array_ : object_;
  }

 private:
  std::size_t& slot(const Value& value) { return value.as_array() != nullptr ? array_ : object_; }

  std::size_t array_ = no_node;
  std::size_t object_ = no_node;
};

/// A container of the original, looked into.
struct Interior {
  std::vector<std::size_t> children;
  Spacing spacing;
  Models models;                                              ///< the first of each kind
  std::unordered_map<std::string_view, std::size_t> by_name;  ///< of an object: its children
};

/// What a value is written after: the value of the original that it replaces, else one of the
/// original that it is to look like, else a place.
struct Pattern {
  std::size_t replaced = no_node;
  std::size_t model = no_node;
  Place place;
};

/// One part of a container about to be written.
struct Part {
  std::size_t after = no_node;
  std::size_t replaced = no_node;  ///< the original's child it goes back to
  std::size_t model = no_node;
};

class Rewriter {
 public:
  Rewriter(std::string_view text, const Value& before, const Value& after)
      : text_(text),
        layout_(layout_of(text)),
        before_(outline_of(before)),
        after_(outline_of(after)) {}

  /// For values that differ.
  std::string run() {
    const LayoutNode& root = layout_.front();
    result_.reserve(text_.size());
    result_.append(text_, 0, root.begin);
    put(0, {0, no_node, {customs().broken_root, {}}});
    result_.append(text_, root.end);
    return std::move(result_);
  }

 private:
  const Value& before(std::size_t node) const { return *before_[node].value; }
  const Value& after(std::size_t node) const { return *after_[node].value; }

  const Customs& customs() {
    if (!customs_) customs_ = customs_of(text_, layout_);
    return *customs_;
  }

  bool unchanged(std::size_t old_node, std::size_t node) const {
    return before_[old_node].hash == after_[node].hash && before(old_node) == after(node);
  }

  bool usable(std::size_t old_node, const Value& value) const {
    return old_node != no_node && same_kind(before(old_node), value) && !is_empty(before(old_node));
  }

  void put_original(std::size_t node) {
    result_.append(text_, layout_[node].begin, layout_[node].end - layout_[node].begin);
  }

  void put(std::size_t node, const Pattern& pattern) {
    const Value& value = after(node);
    if (pattern.replaced != no_node && unchanged(pattern.replaced, node)) {
      put_original(pattern.replaced);
    } else if (!is_container(value) || is_empty(value)) {
      result_ += write_compact(value);
    } else if (usable(pattern.replaced, value)) {
      put_changed(node, pattern.replaced);
    } else if (usable(pattern.model, value)) {
      put_like(node, pattern.model);
    } else {
      put_new(node, pattern.place);
    }
  }

  const Interior& inside(std::size_t node) {
    std::unique_ptr<Interior>& interior = interiors_[node];
    if (interior) return *interior;
    interior = std::make_unique<Interior>();
    interior->children = children_of(layout_, node);
    interior->spacing = spacing_of(text_, layout_, node, interior->children, customs());
    for (std::size_t i = interior->children.size(); i-- > 0;) {
      const std::size_t child = interior->children[i];
      interior->models.see(before(child), child);
      if (const Object* object = before(node).as_object()) {
        interior->by_name.emplace(object->members()[i].name, child);
      }
    }
    return *interior;
  }

  /// The same container with other parts: each part keeps what it had.
  void put_changed(std::size_t node, std::size_t old_node) {
    const Interior& interior = inside(old_node);
    const auto children = children_of(after_, node);
    const Matches matches =
        after(node).as_object() != nullptr
            ? match_members(*before(old_node).as_object(), *after(node).as_object())
            : match_elements({before_, interior.children}, {after_, children});
    Models models = interior.models;
    std::vector<Part> parts;
    parts.reserve(children.size());
    for (std::size_t i = 0; i < children.size(); ++i) {
      Part part{children[i], no_node, no_node};
      if (matches[i] != no_match) {
        part.replaced = interior.children[matches[i]];
        models.see(before(part.replaced), part.replaced);
      }
      part.model = models.for_one_like(after(children[i]));
      parts.push_back(part);
    }
    put_parts(node, parts, interior.spacing, &interior);
  }

  /// A new container beside `model`, which is as deep in the document, so that its white space
  /// fits.
  void put_like(std::size_t node, std::size_t model) {
    const Interior& interior = inside(model);
    std::vector<Part> parts;
    std::size_t position = 0;
    for (const std::size_t child : children_of(after_, node)) {
      Part part{child, no_node, interior.models.for_one_like(after(child))};
      if (const Object* object = after(node).as_object()) {
        const auto found = interior.by_name.find(object->members()[position++].name);
        if (found != interior.by_name.end() && usable_as_model(found->second, after(child))) {
          part.model = found->second;
        }
      }
      parts.push_back(part);
    }
    put_parts(node, parts, interior.spacing, nullptr);
  }

  bool usable_as_model(std::size_t old_node, const Value& value) const {
    return is_container(value) && usable(old_node, value);
  }

  void put_new(std::size_t node, const Place& place) {
    std::vector<Part> parts;
    for (const std::size_t child : children_of(after_, node)) {
      parts.push_back({child, no_node, no_node});
    }
    const char bracket = after(node).as_object() != nullptr ? '{' : '[';
    put_parts(node, parts, new_spacing(customs(), place, bracket), nullptr);
  }

  /// `old` is the container that the replaced parts stand in.
  void put_parts(std::size_t node, const std::vector<Part>& parts, const Spacing& spacing,
                 const Interior* old) {
    const Object* object = after(node).as_object();
    const Place place = place_in(spacing);
    result_ += object != nullptr ? '{' : '[';
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Part& part = parts[i];
      const bool replaces = part.replaced != no_node;
      if (i == 0) {
        result_ += spacing.opening;
      } else if (replaces && part.replaced != old->children.front()) {
        result_ += gap_before(text_, layout_[part.replaced].name_begin);
      } else {
        result_ += spacing.lead;
      }
      if (object != nullptr) put_name(object->members()[i].name, part, spacing);
      put(part.after, {part.replaced, part.model, place});
      if (i + 1 == parts.size()) {
        result_ += spacing.closing;
      } else if (replaces && part.replaced != old->children.back()) {
        result_.append(gap_after(text_, layout_[part.replaced].end)) += ',';
      } else {
        result_.append(spacing.trail) += ',';
      }
    }
    result_ += object != nullptr ? '}' : ']';
  }

  void put_name(std::string_view name, const Part& part, const Spacing& spacing) {
    if (part.replaced != no_node) {
      const LayoutNode& member = layout_[part.replaced];
      result_.append(text_, member.name_begin, member.begin - member.name_begin);
    } else {
      append_quoted(result_, name);
      result_ += spacing.colon;
    }
  }

  std::string_view text_;
  Layout layout_;
  Outline before_;
  Outline after_;
  std::optional<Customs> customs_;
  std::unordered_map<std::size_t, std::unique_ptr<Interior>> interiors_;
  std::string result_;
};

}  // namespace

std::string write_over(std::string_view original, const Value& value) {
  const auto parsed = parse(original);
  const Value* before = std::get_if<Value>(&parsed);
  if (before == nullptr) return write_pretty(value);
  return write_over(original, *before, value);
}

std::string write_over(std::string_view original, const Value& before, const Value& value) {
  if (before == value) return std::string(original);
  return Rewriter(original, before, value).run();
}

}  // namespace start_claude::json
