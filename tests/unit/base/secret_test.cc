#include "base/secret.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "base/error.h"

namespace start_claude::base {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

}  // namespace

TEST_CASE("a secret cannot be printed or converted by accident") {
  STATIC_REQUIRE(Printable<std::string>);
  STATIC_REQUIRE_FALSE(Printable<Secret>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, Secret>);
  CHECK(Secret("s3cret").reveal() == "s3cret");
  CHECK(Secret().empty());
}

TEST_CASE("masks show the end of long values and nothing of short ones") {
  CHECK(mask("sk-ant-0123456789f2c") == "****9f2c");
  CHECK(mask("12345678901") == "****");
  CHECK(mask("123456789012") == "****9012");
  CHECK(mask("") == "****");
  CHECK(mask_key_id("AKIAIOSFODNN7EXAMPLE") == "AKIA****MPLE");
  CHECK(mask_key_id("srv1") == "****");
}

TEST_CASE("every kind of error has the exit code the interface promises") {
  struct Row {
    ErrorKind kind;
    int code;
  };
  const auto row = GENERATE(values<Row>({{ErrorKind::unexpected, 1},
                                         {ErrorKind::usage, 2},
                                         {ErrorKind::not_configured, 3},
                                         {ErrorKind::no_such_bucket, 3},
                                         {ErrorKind::access_denied, 4},
                                         {ErrorKind::unreachable, 5},
                                         {ErrorKind::undecided, 6},
                                         {ErrorKind::invalid_data, 7},
                                         {ErrorKind::local_disk, 8},
                                         {ErrorKind::locked, 9},
                                         {ErrorKind::interrupted, 130}}));
  CHECK(exit_code(row.kind) == row.code);
}

}  // namespace start_claude::base
