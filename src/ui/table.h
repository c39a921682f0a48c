// Rows of text in aligned columns.
#pragma once

#include <string>
#include <vector>

namespace start_claude::ui {

using Row = std::vector<std::string>;

/// One line per row, each indented by `indent` spaces, columns two spaces apart; widths count code
/// points. A row of one cell stands across the columns and widens none. No trailing spaces.
std::vector<std::string> format_table(const std::vector<Row>& rows, std::size_t indent);

}  // namespace start_claude::ui
