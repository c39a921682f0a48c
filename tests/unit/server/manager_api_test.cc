// The manager's requests: what they answer, and what becomes of the file.

#include "server/manager_api.h"

#include <catch2/catch.hpp>

#include "manager_fixture.h"

namespace start_claude::server {
namespace {

TEST_CASE_METHOD(ManagerFixture, "configurations are listed without their secrets") {
  const auto response = send("GET", "/api/configs");
  CHECK(response.status == 200);
  CHECK(response.body.find("****cdef") != std::string::npos);
  CHECK(response.body.find("0123456789abcdef") == std::string::npos);
  CHECK(response.body.find("hush") == std::string::npos);
}

TEST_CASE_METHOD(ManagerFixture, "an edit changes what it names and no other byte") {
  const std::string before = text();
  const auto answer =
      ask("PATCH", "/api/configs",
          based(revision(), R"("op":"update","index":0,"changes":{"model":"c","weight":1.1})"));
  CHECK(*answer.find("said")->as_string() == "Saved production");
  std::string expected = before;
  expected.replace(expected.find("\"a\""), 3, "\"c\"");
  CHECK(text() == expected);
  CHECK(backend.saves == 1);
}

TEST_CASE_METHOD(ManagerFixture, "profiles are added, duplicated, deleted, ordered, made default") {
  (void)ask("PATCH", "/api/configs", based(revision(), R"("op":"add","config":{"name":"new"})"));
  CHECK(holds(R"("name":"new")"));
  (void)ask("PATCH", "/api/configs", based(revision(), R"("op":"duplicate","index":0)"));
  CHECK(holds(R"("name":"production copy")"));
  (void)ask("PATCH", "/api/configs", based(revision(), R"("op":"default","index":1)"));
  (void)ask("PATCH", "/api/configs", based(revision(), R"("op":"reorder","indexes":[2,0,3,1])"));
  (void)ask("PATCH", "/api/configs", based(revision(), R"("op":"delete","index":1)"));
  const auto answer = ask("GET", "/api/configs");
  std::string names;
  for (const auto& profile : *answer.find("configs")->as_array()) {
    names += *profile.find("name")->as_string() + " ";
  }
  CHECK(names == "staging new production copy ");
  CHECK(holds("isDeleted"));
}

TEST_CASE_METHOD(ManagerFixture, "what is not valid is said beside its field and not saved") {
  const std::string before = text();
  const auto response =
      send("PATCH", "/api/configs",
           based(revision(), R"("op":"update","index":0,"changes":{"baseUrl":"nope"})"));
  CHECK(response.status == 422);
  const auto answer = parsed(response.body);
  CHECK(*answer.find("error")->find("fields")->find("baseUrl")->as_string() ==
        "must begin with http:// or https://");
  CHECK(text() == before);
}

TEST_CASE_METHOD(ManagerFixture, "a stale save is merged with what an editor wrote meanwhile") {
  const std::string base = revision();
  write(R"({"configs":[{"name":"production","model":"a","apiKey":"sk-0123456789abcdef",)"
        R"("weight":1.10,"isDefault":true,"note":"by hand"},{"name":"staging","model":"b"}],)"
        R"("settings":{"other":1}})");
  const auto answer = ask("PATCH", "/api/configs",
                          based(base, R"("op":"update","index":0,"changes":{"model":"c"})"));
  CHECK(*answer.find("merged")->as_bool());
  CHECK(holds("by hand"));
  CHECK(holds(R"("model":"c")"));
}

TEST_CASE_METHOD(ManagerFixture, "a stale save of the same field asks, and the answer settles it") {
  const std::string base = revision();
  const std::string theirs = [&] {
    std::string edited = text();
    return edited.replace(edited.find("\"a\""), 3, "\"theirs\"");
  }();
  write(theirs);
  const std::string edit = R"("op":"update","index":0,"changes":{"model":"mine"})";
  const auto response = send("PATCH", "/api/configs", based(base, edit));
  REQUIRE(response.status == 409);
  CHECK(text() == theirs);
  const json::Value clash = *parsed(response.body).find("clash");
  const json::Value& conflict = clash.find("conflicts")->as_array()->front();
  CHECK(*conflict.find("local")->as_string() == "mine");
  CHECK(*conflict.find("remote")->as_string() == "theirs");
  const std::string choice = R"(,"choices":[{"path":["configs","production","model"],"side":")";
  const std::string seen = R"(,"seen":")" + *clash.find("seen")->as_string() + "\"";

  SECTION("a choice over another state than was shown does not count") {
    CHECK(send("PATCH", "/api/configs", based(base, edit + choice + R"(local"}],"seen":"another")"))
              .status == 409);
    CHECK(text() == theirs);
  }
  SECTION("mine") {
    CHECK(send("PATCH", "/api/configs", based(base, edit + choice + "local\"}]" + seen)).status ==
          200);
    CHECK(holds("\"mine\""));
  }
  SECTION("theirs") {
    CHECK(send("PATCH", "/api/configs", based(base, edit + choice + "remote\"}]" + seen)).status ==
          200);
    CHECK(text() == theirs);
  }
}

TEST_CASE_METHOD(ManagerFixture, "a save from a page nobody remembers changes nothing") {
  const std::string before = text();
  CHECK(send("PATCH", "/api/configs", based("0123", R"("op":"delete","index":0)")).status == 409);
  CHECK(text() == before);
}

TEST_CASE_METHOD(ManagerFixture, "undo takes back one edit and leaves later ones") {
  const auto deleted =
      ask("PATCH", "/api/configs", based(revision(), R"("op":"delete","index":0)"));
  CHECK_FALSE(holds("sk-0123456789abcdef"));
  (void)ask("PATCH", "/api/configs",
            based(revision(), R"("op":"update","index":1,"changes":{"model":"later"})"));
  const auto undone = send("POST", "/api/undo",
                           based(*deleted.find("revision")->as_string(),
                                 R"("to":")" + *deleted.find("undo")->as_string() + "\""));
  CHECK(undone.status == 200);
  CHECK(holds("sk-0123456789abcdef"));
  CHECK(holds("later"));
  CHECK_FALSE(holds("isDeleted"));
}

TEST_CASE_METHOD(ManagerFixture, "what was restored remotely too is undone remotely too") {
  backend.earlier = parsed(R"({"configs":[{"name":"earlier"}]})");
  backend.restore_upload = RestoreUpload::uploaded;
  const json::Value restored =
      ask("POST", "/api/restore", based(revision(), R"("content":"known")"));
  const auto undo = [&](const std::string& upload) {
    return ask("POST", "/api/undo",
               based(*restored.find("revision")->as_string(),
                     R"("to":")" + *restored.find("undo")->as_string() + "\"" + upload));
  };
  SECTION("it says so") {
    backend.sync_answer = json::Value(json::Object{{"result", "uploaded"}});
    const json::Value undone = undo(R"(,"upload":true)");
    REQUIRE(backend.ordered);
    CHECK(backend.ordered->direction == resolve::Direction::up);
    CHECK(*undone.find("said")->as_string() == "Undone here and remotely");
    CHECK(holds("sk-0123456789abcdef"));
  }
  SECTION("nobody's later edit is overwritten") {
    backend.sync_answer = json::Value(json::Object{{"result", "question"}});
    const json::Value undone = undo(R"(,"upload":true)");
    CHECK(*undone.find("said")->as_string() == "Undone");
    CHECK(*undone.find("problem")->find("message")->as_string() ==
          "the remote copy was changed meanwhile");
    CHECK(holds("sk-0123456789abcdef"));
  }
  SECTION("a run that is held has uploaded nothing") {
    backend.sync_answer =
        json::Value(json::Object{{"result", "held"}, {"said", "nothing here to upload"}});
    const json::Value undone = undo(R"(,"upload":true)");
    CHECK(*undone.find("said")->as_string() == "Undone");
    CHECK(*undone.find("problem")->find("message")->as_string() == "nothing here to upload");
  }
  SECTION("no connection") {
    backend.sync_answer = Error{ErrorKind::unreachable, "connection refused"};
    CHECK(*undo(R"(,"upload":true)").find("problem")->find("message")->as_string() ==
          "connection refused");
  }
  SECTION("not asked for") {
    (void)undo("");
    CHECK_FALSE(backend.ordered);
  }
}

TEST_CASE_METHOD(ManagerFixture,
                 "a secret is shown when asked for, one by one, and that is logged") {
  const auto answer =
      ask("POST", "/api/secret", based(revision(), R"("index":0,"path":["apiKey"])"));
  CHECK(*answer.find("value")->as_string() == "sk-0123456789abcdef");
  CHECK(send("GET", "/api/activity").body.find("apiKey of production was shown") !=
        std::string::npos);
}

TEST_CASE_METHOD(ManagerFixture, "the other writer's requests work: POST, PUT, DELETE by name") {
  CHECK(send("POST", "/api/configs", R"({"config":{"name":"staging","model":"z"}})").status == 200);
  CHECK(holds(R"("model":"z")"));
  CHECK(send("DELETE", "/api/configs?name=staging").status == 200);
  CHECK(holds("isDeleted"));
  CHECK(send("DELETE", "/api/configs?name=staging").status == 400);
  CHECK(send("PUT", "/api/configs",
             R"({"configs":[{"name":"first"},{"name":"production","model":"a"}]})")
            .status == 200);
  CHECK(holds("sk-0123456789abcdef"));
  CHECK(holds(R"("weight":1.10)"));
  CHECK(text().find("first") < text().find("\"production\""));
}

TEST_CASE_METHOD(ManagerFixture, "settings are shown without credentials and saved without loss") {
  const auto shown = send("GET", "/api/settings");
  CHECK(shown.body.find("hush") == std::string::npos);
  CHECK(shown.body.find("secretAccessKey") == std::string::npos);
  CHECK(shown.body.find("AKIA0123456789EXAMPLE") == std::string::npos);
  const auto modified = std::get<platform::FileStatus>(files.status("/home/config.json")).modified;
  clock.advance(std::chrono::minutes(5));
  const auto response = send("PUT", "/api/settings",
                             based(revision(), R"("settings":{"s3Sync":{"autoUpload":true}})"));
  CHECK(response.status == 200);
  CHECK(holds("hush-hush-hush"));
  CHECK(holds(R"("mystery":2.50)"));
  CHECK(holds("AKIA0123456789EXAMPLE"));
  CHECK(holds(R"("autoUpload":true)"));
  CHECK_FALSE(backend.tested);
  CHECK(backend.saves == 0);
  // The configurations did not change, so the file is no newer.
  CHECK(std::get<platform::FileStatus>(files.status("/home/config.json")).modified == modified);
}

TEST_CASE_METHOD(ManagerFixture, "a connection is saved once it works") {
  const std::string edit = R"("settings":{"s3Sync":{"bucket":"other"}})";
  backend.connection_works = false;
  CHECK(send("PUT", "/api/settings", based(revision(), edit)).status == 502);
  CHECK(holds(R"("bucket":"team")"));
  backend.connection_works = true;
  CHECK(send("PUT", "/api/settings", based(revision(), edit)).status == 200);
  CHECK(holds(R"("bucket":"other")"));
  CHECK(send("POST", "/api/test", based(revision(), R"("settings":{})")).status == 200);
}

TEST_CASE_METHOD(ManagerFixture, "settings that mean nothing are refused beside their field") {
  const std::string edit =
      GENERATE(R"({"s3Sync":{"remoteConfigCheckIntervalMinutes":3}})",
               R"({"s3Sync":{"conflictResolution":"coin"}})", R"({"s3Sync":{"bucket":" "}})",
               R"({"s3Sync":{"readOnly":"maybe"}})", R"({"balanceMode":{"port":0}})");
  CAPTURE(edit);
  CHECK(send("PUT", "/api/settings", based(revision(), R"("settings":)" + edit)).status == 422);
}

TEST_CASE_METHOD(ManagerFixture, "settings in the other writer's file are edited there, too") {
  files.write_in_place("/home/s3-config.json",
                       R"({"version":1,"s3Config":{"bucket":"old","region":"eu-1","key":"k",)"
                       R"("accessKeyId":"AK","secretAccessKey":"SK"},"metadata":{"x":1}})");
  CHECK(send("GET", "/api/settings").body.find(R"("bucket":"old")") != std::string::npos);
  CHECK(send("PUT", "/api/settings", based(revision(), R"("settings":{"s3Sync":{"bucket":"new"}})"))
            .status == 200);
  const std::string other = files.text_of("/home/s3-config.json").value_or("");
  CHECK(other.find(R"("bucket":"new")") != std::string::npos);
  CHECK(other.find(R"("metadata":{"x":1})") != std::string::npos);
}

TEST_CASE_METHOD(ManagerFixture, "an export leaves keys out, but for one profile that asks") {
  CHECK(send("GET", "/api/export").body.find("sk-0123456789abcdef") == std::string::npos);
  CHECK(send("GET", "/api/export").body.find("1.10") != std::string::npos);
  CHECK(send("GET", "/api/export?index=0").body.find("sk-0123456789abcdef") == std::string::npos);
  CHECK(send("GET", "/api/export?index=0&secrets=1").body.find("sk-0123456789abcdef") !=
        std::string::npos);
  CHECK(send("GET", "/api/export?index=7").status == 400);
}

TEST_CASE_METHOD(ManagerFixture, "an import says first what it would do") {
  const std::string file =
      R"("text":"{\"configs\":[{\"name\":\"staging\",\"model\":\"x\",\"n\":1.50},{\"name\":\"new\"},)"
      R"({\"name\":\"production\",\"model\":\"a\"}]}")";
  const std::string before = text();
  const auto preview = ask("POST", "/api/import", based(revision(), file + R"(,"preview":true)"));
  CHECK(json::write_compact(preview) == R"({"added":["new"],"changed":["staging"],"unchanged":1})");
  CHECK(text() == before);
  CHECK(send("POST", "/api/import", based(revision(), file)).status == 200);
  CHECK(holds("1.50"));
  CHECK(holds("sk-0123456789abcdef"));
  CHECK(send("POST", "/api/import", R"({"text":"not json"})").status == 422);
  CHECK(send("POST", "/api/import", R"({"text":"{\"a\":1}"})").status == 422);
}

TEST_CASE_METHOD(ManagerFixture,
                 "an earlier content comes back, with this machine's own settings") {
  backend.earlier = parsed(R"({"configs":[{"name":"earlier"}]})");
  CHECK(send("POST", "/api/restore", based(revision(), R"("content":"known")")).status == 200);
  CHECK(holds("earlier"));
  CHECK(holds("hush-hush-hush"));
  CHECK(send("POST", "/api/restore", based(revision(), R"("content":"lost")")).status == 400);
}

TEST_CASE_METHOD(ManagerFixture,
                 "an edit displaced by a run that was cut off is settled before a save") {
  std::string displaced = text();
  displaced.replace(displaced.find("\"b\""), 3, "\"typed\"");
  files.write_in_place("/home/.config.json.0123456789abcdef.start-claude-old", displaced);
  backend.earlier = parsed(R"({"configs":[{"name":"earlier"}]})");
  CHECK(send("POST", "/api/restore", based(revision(), R"("content":"known")")).status == 200);
  CHECK(holds("earlier"));
  // Left beside the file, it would come back over what was restored.
  CHECK(platform::displaced_files(files, "/home/config.json").empty());
  CHECK(lost == std::vector<std::string>{"staging.model"});
}

TEST_CASE_METHOD(ManagerFixture,
                 "what is restored goes to the remote as well, unless told not to") {
  backend.earlier = parsed(R"({"configs":[{"name":"earlier"}]})");
  const auto restore = [this](const std::string& more = "") {
    return ask("POST", "/api/restore", based(revision(), R"("content":"known")" + more));
  };
  SECTION("it says so") {
    backend.restore_upload = RestoreUpload::uploaded;
    const json::Value answer = restore();
    CHECK(*answer.find("uploaded") == json::Value(true));
    CHECK(*answer.find("said")->as_string() ==
          "Restored 1 configuration from the history and uploaded them");
  }
  SECTION("here only") {
    const json::Value answer = restore(R"(,"upload":false)");
    CHECK(backend.kept_here == *answer.find("content")->as_string());
    CHECK(*answer.find("said")->as_string() == "Restored 1 configuration from the history");
    CHECK(backend.restores == 0);
  }
  SECTION("nothing was different here or there") {
    (void)restore();
    backend.restore_upload = RestoreUpload::in_sync;
    const json::Value answer = restore();
    CHECK(*answer.find("changed") == json::Value(false));
    CHECK(*answer.find("uploaded") == json::Value(false));
    CHECK(backend.restores == 2);
  }
  SECTION("what hinders the upload does not take the restore back") {
    backend.restore_upload = Error{ErrorKind::unreachable, "connection refused"};
    const json::Value answer = restore();
    CHECK(*answer.find("changed") == json::Value(true));
    CHECK(*answer.find("problem")->find("message")->as_string() == "connection refused");
    CHECK(json::write_compact(events.activity()).find("not uploaded: connection refused") !=
          std::string::npos);
  }
}

TEST_CASE_METHOD(ManagerFixture, "how a balance does is asked anew each time") {
  CHECK(send("GET", "/api/balance").body == "{\"running\":false}\n");
}

TEST_CASE("somebody hears of each page that comes, and can publish to it") {
  support::FakeClock clock;
  ManagerEvents* published = nullptr;
  ManagerEvents events(clock, [&] { published->publish("hello", json::Object{}); });
  published = &events;
  const auto page = events.subscribe();
  REQUIRE(page);
  CHECK(page->next(std::chrono::milliseconds(0)) == "event: hello\ndata: {}\n\n");
}

TEST_CASE_METHOD(ManagerFixture, "an answer to a question carries what was seen") {
  CHECK(send("POST", "/api/sync",
             R"({"direction":"up","answer":{"topic":"choose_fields","option":"yes","local":"l",)"
             R"("remote":"r","choices":[{"path":["configs","a"],"side":"remote"}]}})")
            .status == 200);
  REQUIRE(backend.ordered);
  CHECK(backend.ordered->direction == resolve::Direction::up);
  REQUIRE(backend.ordered->answer);
  CHECK(backend.ordered->answer->remote == "r");
  CHECK(backend.ordered->answer->answer.choices.front().side == resolve::Side::remote);
  CHECK_FALSE(backend.ordered->answer->takes_suggestion);
  CHECK(send("POST", "/api/sync", R"({"answer":{"topic":"choose_side","local":"l","remote":"r"}})")
            .status == 200);
  CHECK(backend.ordered->answer->takes_suggestion);
  CHECK(send("POST", "/api/sync", R"({"answer":{"topic":"choose_side","option":"all"}})").status ==
        400);
  CHECK(send("POST", "/api/sync", R"({"direction":"sideways"})").status == 400);
  CHECK(send("POST", "/api/sync", R"({"answer":{"topic":"?"}})").status == 400);
}

TEST_CASE_METHOD(ManagerFixture,
                 "a sync is undone by what it left, and what stands against is 409") {
  CHECK(send("POST", "/api/sync/undo", R"({"content":"c0ffee"})").status == 200);
  CHECK(backend.undone == "c0ffee");
  backend.undo_answer = Error{ErrorKind::undecided, "there was another sync since"};
  const auto refused = send("POST", "/api/sync/undo", R"({"content":"c0ffee"})");
  CHECK(refused.status == 409);
  CHECK(*parsed(refused.body).find("error")->find("message")->as_string() ==
        "there was another sync since");
  CHECK(send("GET", "/api/activity").body.find("there was another sync since") !=
        std::string::npos);
  backend.undone.clear();
  CHECK(send("POST", "/api/sync/undo", "{}").status == 400);
  CHECK(send("GET", "/api/sync/undo").status == 405);
  auto stranger = request("POST", "/api/sync/undo", R"({"content":"c0ffee"})");
  stranger.headers.remove("Authorization");
  CHECK(service.serve(stranger).response.status == 401);
  auto foreign = request("POST", "/api/sync/undo", R"({"content":"c0ffee"})");
  foreign.headers.set("Origin", "http://elsewhere.example");
  CHECK(service.serve(foreign).response.status == 403);
  CHECK(backend.undone.empty());
}

TEST_CASE_METHOD(ManagerFixture, "a file that is damaged is shown as such and never saved over") {
  write("{\"configs\": [");
  CHECK(ask("GET", "/api/configs").find("damage") != nullptr);
  CHECK(send("POST", "/api/configs", R"({"config":{"name":"x"}})").status == 422);
  CHECK(text() == "{\"configs\": [");
}

TEST_CASE_METHOD(ManagerFixture, "pages hear of a change once, whoever made it") {
  auto page = events.subscribe();
  api.file_changed();
  (void)page->next(std::chrono::milliseconds(0));
  api.file_changed();
  CHECK(page->next(std::chrono::milliseconds(0)) == "");
  write(R"({"configs":[]})");
  api.file_changed();
  CHECK(page->next(std::chrono::milliseconds(0))->starts_with("event: configs"));
}

}  // namespace
}  // namespace start_claude::server
