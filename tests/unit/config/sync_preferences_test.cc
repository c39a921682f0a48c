// What settings.s3Sync says about syncing unasked, and what holds.
#include "config/sync_preferences.h"

#include <catch2/catch.hpp>

#include "json/parse.h"

namespace start_claude {
namespace {

using config::ConflictResolution;
using namespace std::chrono_literals;

config::SyncPreferences read(const std::string& members) {
  auto parsed = json::parse("{\"settings\":{\"s3Sync\":{" + members + "}}}");
  return config::sync_preferences_of(std::get<json::Value>(parsed));
}

TEST_CASE("what is not said is on, asks, and looks every hour") {
  const auto text = GENERATE("{}", R"({"settings":{}})", R"({"settings":{"s3Sync":{}}})",
                             R"({"settings":{"s3Sync":7}})",
                             R"({"settings":{"s3Sync":{"autoUpload":null,"autoDownload":" ",
                                 "conflictResolution":"",
                                 "remoteConfigCheckIntervalMinutes":null}}})");
  INFO(text);
  const auto parsed = json::parse(text);
  const auto preferences = config::sync_preferences_of(std::get<json::Value>(parsed));
  CHECK(preferences.uploads());
  CHECK(preferences.downloads());
  CHECK(preferences.on_conflict() == ConflictResolution::prompt);
  CHECK(preferences.check_interval() == 60min);
  CHECK(preferences.auto_upload == std::nullopt);
  CHECK(preferences.auto_download == std::nullopt);
  CHECK(preferences.conflict_resolution == std::nullopt);
  CHECK(preferences.remote_check_interval == std::nullopt);
  CHECK(preferences.remarks.empty());
}

TEST_CASE("a switch that cannot be understood is off, and that is said") {
  struct Row {
    std::string spelled;
    bool holds;
    std::string remark;
  };
  const auto row =
      GENERATE(values<Row>({{"true", true, ""},
                            {"false", false, ""},
                            {"\"False\"", false, ""},
                            {"\" true \"", true, ""},
                            {"0", false, " is a number; taken for off"},
                            {"1", true, " is a number; taken for on"},
                            {"2", false, " is neither true nor false; taken for off"},
                            {"\"hush\"", false, " is neither true nor false; taken for off"},
                            {"{\"hush\":true}", false, " is neither true nor false; taken for off"},
                            {"[]", false, " is neither true nor false; taken for off"}}));
  const std::string name = GENERATE("autoUpload", "autoDownload");
  INFO(name << ": " << row.spelled);
  const auto preferences = read("\"" + name + "\":" + row.spelled);
  const bool is_upload = name == "autoUpload";
  CHECK((is_upload ? preferences.uploads() : preferences.downloads()) == row.holds);
  CHECK((is_upload ? preferences.downloads() : preferences.uploads()));
  const auto expected =
      row.remark.empty() ? std::vector<std::string>{} : std::vector<std::string>{name + row.remark};
  CHECK(preferences.remarks == expected);
}

TEST_CASE("a policy that is not known asks, and that is said") {
  CHECK(read(R"("conflictResolution":"local")").on_conflict() == ConflictResolution::local);
  CHECK(read(R"("conflictResolution":"remote")").on_conflict() == ConflictResolution::remote);
  CHECK(read(R"("conflictResolution":"prompt")").on_conflict() == ConflictResolution::prompt);
  const auto odd = read(GENERATE(R"("conflictResolution":"newest")", R"("conflictResolution":{})"));
  CHECK(odd.on_conflict() == ConflictResolution::prompt);
  CHECK(odd.remarks ==
        std::vector<std::string>{
            "conflictResolution is neither prompt, local nor remote; taken for prompt"});
}

TEST_CASE("the check interval is between 5 minutes and a day") {
  struct Row {
    std::string spelled;
    std::chrono::minutes read;
  };
  const auto row = GENERATE(values<Row>({{"30", 30min},
                                         {"\"30\"", 30min},
                                         {"30.9", 30min},
                                         {"3e1", 30min},
                                         {"5", 5min},
                                         {"4", 5min},
                                         {"0", 5min},
                                         {"-7", 5min},
                                         {"1440", 1440min},
                                         {"1441", 1440min},
                                         {"1e30", 1440min},
                                         {"null", 60min},
                                         {"\"hush\"", 60min},
                                         {"true", 60min}}));
  INFO(row.spelled);
  const auto preferences = read("\"remoteConfigCheckIntervalMinutes\":" + row.spelled);
  CHECK(preferences.check_interval() == row.read);
  const bool is_strange = row.spelled == "\"hush\"" || row.spelled == "true";
  CHECK(preferences.remarks.empty() == !is_strange);
  if (is_strange) {
    CHECK(preferences.remarks.front() ==
          "remoteConfigCheckIntervalMinutes is not a number; taken for 60");
  }
}

TEST_CASE("a machine that only reads, or one in a cloud folder, does less unasked") {
  const config::AutomaticRule plain{};
  CHECK((plain.uploads() && plain.downloads() && !plain.does_nothing()));
  const config::AutomaticRule reader{.preferences = {}, .reads_only = true};
  CHECK((!reader.uploads() && reader.downloads()));
  const config::AutomaticRule backup{.preferences = {}, .role = config::S3Role::backup};
  CHECK((backup.uploads() && !backup.downloads()));
  const config::AutomaticRule off{.preferences = {.auto_upload = false, .auto_download = false}};
  CHECK(off.does_nothing());
}

}  // namespace
}  // namespace start_claude
