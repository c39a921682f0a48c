#include "ui/table.h"

#include <catch2/catch.hpp>

namespace start_claude::ui {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("columns are as wide as their widest cell, counted in characters") {
  CHECK(format_table({{"a", "é", "x"}, {"long", "b", ""}}, 1) == Lines{" a     é  x", " long  b"});
}

TEST_CASE("a row of one cell stands across the columns and widens none") {
  CHECK(format_table({{"a", "b"}, {"  a sentence much wider than the first column"}, {"cc", "d"}},
                     0) ==
        Lines{"a   b", "  a sentence much wider than the first column", "cc  d"});
}

}  // namespace
}  // namespace start_claude::ui
