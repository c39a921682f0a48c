// The corpora of the fuzz targets as ordinary tests: seeds, and every input that once broke a law.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "property.h"
#include "targets.h"

using namespace start_claude;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void replay(std::string_view name) {
  const auto* target = std::find_if(fuzz::targets.begin(), fuzz::targets.end(),
                                    [&](const fuzz::Target& each) { return each.name == name; });
  REQUIRE(target != fuzz::targets.end());
  std::size_t inputs = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(FIXTURES "/fuzz/" + std::string(name))) {
    const std::string input = bytes_of(entry.path());
    INFO(entry.path().filename().string());
    CHECK_NOTHROW(target->run(input));
    // Cut off anywhere, as by a lost connection.
    const std::size_t step = std::max<std::size_t>(1, input.size() / 50);
    for (std::size_t size = 0; size < input.size(); size += step) {
      INFO("the first " << size << " bytes");
      CHECK_NOTHROW(target->run(std::string_view(input).substr(0, size)));
    }
    ++inputs;
  }
  CHECK(inputs > 0);
}

}  // namespace

TEST_CASE("corpus of aws_ini") { replay("aws_ini"); }
TEST_CASE("corpus of config_document") { replay("config_document"); }
TEST_CASE("corpus of endpoint") { replay("endpoint"); }
TEST_CASE("corpus of exchange_text") { replay("exchange_text"); }
TEST_CASE("corpus of merge") { replay("merge"); }
TEST_CASE("corpus of object_metadata") { replay("object_metadata"); }
TEST_CASE("corpus of own_files") { replay("own_files"); }
TEST_CASE("corpus of request_head") { replay("request_head"); }
TEST_CASE("corpus of s3_xml") { replay("s3_xml"); }
