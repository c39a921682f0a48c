#include "json/spacing.h"

#include <optional>

#include "json/bytes_ahead.h"

namespace start_claude::json {
namespace {

bool breaks_line(std::string_view gap) { return gap.find('\n') != std::string_view::npos; }

std::string_view indent_in(std::string_view gap) { return gap.substr(gap.rfind('\n') + 1); }

std::string_view colon_of(std::string_view text, const TextPart& member) {
  return text.substr(member.name.end, member.value.begin - member.name.end);
}

/// The majority vote of Boyer and Moore: what more than half of the votes are for, else some vote.
class Vote {
 public:
  void add(std::string_view gap) {
    if (lead_ == 0) winner_ = gap;
    lead_ += gap == winner_ ? 1 : -1;
  }
  std::string winner() const { return std::string(winner_); }

 private:
  std::string_view winner_;
  long lead_ = 0;
};

/// What is seen first of one custom, "first" by where its container begins.
class Sight {
 public:
  void see(std::size_t container, std::string_view shown) {
    if (shown_ && container_ <= container) return;
    container_ = container;
    shown_ = shown;
  }
  std::string value_or(std::string_view otherwise) const {
    return std::string(shown_.value_or(otherwise));
  }
  const std::optional<std::string_view>& shown() const { return shown_; }

 private:
  std::size_t container_ = 0;
  std::optional<std::string_view> shown_;
};

/// Collects the first sight of each custom. A container is judged when it ends, so that nothing
/// but those still open is kept of a large text.
class Survey {
 public:
  explicit Survey(std::string_view text) : text_(text), walker_(text) {}

  Customs customs() {
    walk();
    Customs customs;
    const std::size_t line_end = text_.find('\n');
    if (line_end != std::string_view::npos && line_end > 0 && text_[line_end - 1] == '\r') {
      customs.newline = "\r\n";
    }
    if (root_broken_) customs.broken_root = *root_broken_;
    customs.indent_unit = unit_.value_or(customs.indent_unit);
    const bool spaced = customs.broken_root || comma_gap_.shown() == " ";
    customs.colon = colon_.value_or(spaced ? ": " : ":");
    customs.comma_gap = comma_gap_.value_or(customs.colon.back() == ':' ? "" : " ");
    customs.array_padding = array_padding_.value_or("");
    customs.object_padding = object_padding_.value_or("");
    return customs;
  }

 private:
  struct Open {
    std::size_t number = 0;  ///< counted from the first one in the text
    bool is_object = false;
    std::size_t parts = 0;
    std::string_view opening = {};  ///< before the first part
    std::string_view lead = {};     ///< before the second
    std::string_view colon = {};    ///< of the first
  };

  void walk() {
    do {
      walker_.skip_blanks();
      if (!open_.empty() && walker_.take(open_.back().is_object ? '}' : ']')) {
        look_at(open_.back());
        open_.pop_back();
      } else if (!open_.empty() && walker_.take(',')) {
        continue;
      } else if (!step()) {
        return;
      }
    } while (!open_.empty());
  }

  /// One part, or the outermost value, from its beginning.
  bool step() {
    if (!open_.empty() && !begin_part(open_.back())) return false;
    const bool is_object = walker_.take('{');
    if (!is_object && !walker_.take('[')) return walker_.skip_value();
    open_.push_back({containers_++, is_object});
    return true;
  }

  bool begin_part(Open& container) {
    ++container.parts;
    if (container.parts == 1) container.opening = gap_before(text_, walker_.at());
    if (container.parts == 2) container.lead = gap_before(text_, walker_.at());
    if (!container.is_object) return true;
    if (!walker_.skip_string()) return false;
    const std::size_t name_end = walker_.at();
    if (!walker_.take(':')) return false;
    walker_.skip_blanks();
    if (container.parts == 1) container.colon = walker_.from(name_end);
    return true;
  }

  void look_at(const Open& container) {
    if (container.parts == 0) return;
    const std::string_view opening = container.opening;
    const std::string_view closing = gap_before(text_, walker_.at() - 1);
    if (container.number == 0) root_broken_ = breaks_line(opening);
    if (container.is_object) colon_.see(container.number, container.colon);
    if (breaks_line(opening)) {
      if (breaks_line(closing)) look_at_indents(container, indent_in(opening), indent_in(closing));
      return;
    }
    auto& padding = container.is_object ? object_padding_ : array_padding_;
    if (!breaks_line(closing)) padding.see(container.number, opening);
    if (container.parts > 1 && !breaks_line(container.lead)) {
      comma_gap_.see(container.number, container.lead);
    }
  }

  void look_at_indents(const Open& container, std::string_view inner, std::string_view outer) {
    if (inner.size() > outer.size() && inner.starts_with(outer)) {
      unit_.see(container.number, inner.substr(outer.size()));
    }
  }

  std::string_view text_;
  Walker walker_;
  std::size_t containers_ = 0;
  std::vector<Open> open_;
  std::optional<bool> root_broken_;
  Sight unit_;
  Sight colon_;
  Sight comma_gap_;
  Sight array_padding_;
  Sight object_padding_;
};

}  // namespace

Place place_in(const Spacing& spacing) {
  if (!breaks_line(spacing.lead)) return {false, {}};
  return {true, std::string(indent_in(spacing.lead))};
}

Customs customs_of(std::string_view text) { return Survey(text).customs(); }

Spacing spacing_of(std::string_view text, Extent place, const std::vector<TextPart>& parts,
                   const std::function<const Customs&()>& customs) {
  Vote lead;
  Vote trail;
  Vote colon;
  Spacing spacing;
  spacing.opening = gap_before(text, parts.front().name.begin);
  spacing.closing = gap_before(text, place.end - 1);
  // The first part on its own line votes too, against blank lines between groups of parts.
  if (breaks_line(spacing.opening)) lead.add(spacing.opening);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    colon.add(colon_of(text, parts[i]));
    if (i > 0) lead.add(gap_before(text, parts[i].name.begin));
    if (i + 1 < parts.size()) trail.add(gap_after(text, parts[i].value.end));
  }
  const bool lead_known = parts.size() > 1 || breaks_line(spacing.opening);
  spacing.lead = lead_known ? lead.winner() : customs().comma_gap;
  spacing.trail = trail.winner();
  spacing.colon = colon.winner();
  return spacing;
}

Spacing new_spacing(const Customs& customs, const Place& place, char opening_bracket) {
  if (!place.own_line) {
    const std::string& padding =
        opening_bracket == '{' ? customs.object_padding : customs.array_padding;
    return {padding, customs.comma_gap, "", padding, customs.colon};
  }
  const std::string inner = customs.newline + place.indent + customs.indent_unit;
  return {inner, inner, "", customs.newline + place.indent, customs.colon};
}

std::string_view gap_before(std::string_view text, std::size_t at) {
  std::size_t start = at;
  while (start > 0 && is_white_space(text[start - 1])) --start;
  return text.substr(start, at - start);
}

std::string_view gap_after(std::string_view text, std::size_t at) {
  return text.substr(at, white_space_end(text, at) - at);
}

}  // namespace start_claude::json
