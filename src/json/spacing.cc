#include "json/spacing.h"

#include <optional>

namespace start_claude::json {
namespace {

bool breaks_line(std::string_view gap) { return gap.find('\n') != std::string_view::npos; }

std::string_view indent_in(std::string_view gap) { return gap.substr(gap.rfind('\n') + 1); }

std::string_view colon_of(std::string_view text, const LayoutNode& member) {
  return text.substr(member.name_end, member.begin - member.name_end);
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

/// Collects the first sight of each custom.
class Survey {
 public:
  Survey(std::string_view text, const Layout& layout) : text_(text), layout_(layout) {}

  Customs customs() {
    Customs customs;
    const std::size_t line_end = text_.find('\n');
    if (line_end != std::string_view::npos && line_end > 0 && text_[line_end - 1] == '\r') {
      customs.newline = "\r\n";
    }
    for (std::size_t node = 0; node < layout_.size(); ++node) {
      if (layout_[node].next > node + 1) look_at(node);
    }
    if (root_broken_) customs.broken_root = *root_broken_;
    if (unit_) customs.indent_unit = *unit_;
    customs.colon = colon_.value_or(customs.broken_root || comma_gap_ == " " ? ": " : ":");
    customs.comma_gap = comma_gap_.value_or(customs.colon.back() == ':' ? "" : " ");
    customs.array_padding = array_padding_.value_or("");
    customs.object_padding = object_padding_.value_or("");
    return customs;
  }

 private:
  void look_at(std::size_t node) {
    const LayoutNode& container = layout_[node];
    const LayoutNode& first = layout_[node + 1];
    const bool is_object = text_[container.begin] == '{';
    const std::string_view opening = gap_before(text_, first.name_begin);
    const std::string_view closing = gap_before(text_, container.end - 1);
    if (node == 0) root_broken_ = breaks_line(opening);
    if (is_object && !colon_) colon_ = colon_of(text_, first);
    if (breaks_line(opening)) {
      if (!unit_ && breaks_line(closing)) look_at_indents(indent_in(opening), indent_in(closing));
      return;
    }
    auto& padding = is_object ? object_padding_ : array_padding_;
    if (!padding && !breaks_line(closing)) padding = opening;
    if (first.next == container.next || comma_gap_) return;
    const std::string_view lead = gap_before(text_, layout_[first.next].name_begin);
    if (!breaks_line(lead)) comma_gap_ = lead;
  }

  void look_at_indents(std::string_view inner, std::string_view outer) {
    if (inner.size() > outer.size() && inner.starts_with(outer)) unit_ = inner.substr(outer.size());
  }

  std::string_view text_;
  const Layout& layout_;
  std::optional<bool> root_broken_;
  std::optional<std::string> unit_;
  std::optional<std::string> colon_;
  std::optional<std::string> comma_gap_;
  std::optional<std::string> array_padding_;
  std::optional<std::string> object_padding_;
};

}  // namespace

Place place_in(const Spacing& spacing) {
  if (!breaks_line(spacing.lead)) return {false, {}};
  return {true, std::string(indent_in(spacing.lead))};
}

Customs customs_of(std::string_view text, const Layout& layout) {
  return Survey(text, layout).customs();
}

Spacing spacing_of(std::string_view text, const Layout& layout, std::size_t parent,
                   const std::vector<std::size_t>& children, const Customs& customs) {
  Vote lead;
  Vote trail;
  Vote colon;
  Spacing spacing;
  spacing.opening = gap_before(text, layout[children.front()].name_begin);
  spacing.closing = gap_before(text, layout[parent].end - 1);
  // The first part on its own line votes too, against blank lines between groups of parts.
  if (breaks_line(spacing.opening)) lead.add(spacing.opening);
  for (const std::size_t child : children) {
    const LayoutNode& node = layout[child];
    colon.add(colon_of(text, node));
    if (child != children.front()) lead.add(gap_before(text, node.name_begin));
    if (child != children.back()) trail.add(gap_after(text, node.end));
  }
  const bool lead_known = children.size() > 1 || breaks_line(spacing.opening);
  spacing.lead = lead_known ? lead.winner() : customs.comma_gap;
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

}  // namespace start_claude::json
