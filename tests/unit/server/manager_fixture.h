// The manager's service over files in memory, with a backend that does as it is told.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "json/parse.h"
#include "json/write.h"
#include "server/manager_service.h"
#include "support/fake_clock.h"
#include "support/fake_environment.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"
#include "sync/paths.h"

namespace start_claude::server {

class FakeBackend final : public ManagerBackend {
 public:
  json::Value status(Looking) override { return json::Object{{"configured", true}}; }
  Result<json::Value> sync(const SyncOrder& order) override {
    ordered = order;
    return sync_answer;
  }
  Result<json::Value> undo_sync(const std::string& content_revision) override {
    undone = content_revision;
    return undo_answer;
  }
  Result<json::Value> differences() override { return json::Value(json::Object{}); }
  Result<json::Value> revisions(Looking) override { return json::Value(json::Object{}); }
  Result<json::Value> document_of(const std::string& revision) override {
    if (revision != "known") return Error{ErrorKind::usage, "not kept"};
    return earlier;
  }
  Result<Connected> test_connection(const json::Value& document) override {
    tested = document;
    if (!connection_works) return Error{ErrorKind::unreachable, "connection refused"};
    return Connected{"readable", learnt_region};
  }
  Result<RestoreUpload> upload_restored() override {
    ++restores;
    return restore_upload;
  }
  json::Value balance() override { return json::Object{{"running", false}}; }
  void saved() override { ++saves; }
  void stays_here(const std::string& content_revision) override { kept_here = content_revision; }

  std::optional<SyncOrder> ordered;
  Result<json::Value> sync_answer = json::Value(json::Object{{"result", "in_sync"}});
  std::string undone;
  Result<json::Value> undo_answer = json::Value(json::Object{{"result", "restored"}});
  std::optional<json::Value> tested;
  std::optional<std::string> learnt_region;
  json::Value earlier;
  bool connection_works = true;
  Result<RestoreUpload> restore_upload = RestoreUpload::no_remote;
  int saves = 0;
  std::string kept_here;
  int restores = 0;
};

inline json::Value parsed(std::string_view text) {
  auto value = json::parse(text);
  REQUIRE(std::holds_alternative<json::Value>(value));
  return std::get<json::Value>(std::move(value));
}

struct ManagerFixture {
  ManagerFixture() {
    REQUIRE(files.make_folder("/home", 0700).index() == 0);
    write(R"({"configs":[
  {"name":"production","model":"a","apiKey":"sk-0123456789abcdef","weight":1.10,"isDefault":true},
  {"name":"staging","model":"b"}],
 "settings":{"other":1,"s3Sync":{"bucket":"team","accessKeyId":"AKIA0123456789EXAMPLE",)"
          R"("secretAccessKey":"hush-hush-hush","mystery":2.50}}}
)");
  }

  void write(const std::string& text) { files.write_in_place("/home/config.json", text); }
  std::string text() const { return files.text_of("/home/config.json").value_or(""); }
  bool holds(const std::string& part) const { return text().find(part) != std::string::npos; }

  http::Request request(const std::string& method, const std::string& target,
                        const std::string& body = {}) const {
    http::Request made{method, {.scheme = "http", .host = "127.0.0.1", .port = 2334}, {}, body};
    const auto question_mark = std::min(target.find('?'), target.size());
    made.uri.path = target.substr(0, question_mark);
    if (question_mark < target.size()) made.uri.query = target.substr(question_mark + 1);
    made.headers.add("Host", "127.0.0.1:2334");
    made.headers.add("Authorization", "Bearer token");
    if (!body.empty()) made.headers.add("Content-Type", "application/json");
    return made;
  }
  http::Response send(const std::string& method, const std::string& target,
                      const std::string& body = {}) {
    return service.serve(request(method, target, body)).response;
  }
  json::Value ask(const std::string& method, const std::string& target,
                  const std::string& body = {}) {
    return parsed(send(method, target, body).body);
  }
  std::string revision() { return *ask("GET", "/api/configs").find("revision")->as_string(); }
  /// A body with the revision in front.
  static std::string based(const std::string& revision, const std::string& rest) {
    return "{\"revision\":\"" + revision + "\"," + rest + "}";
  }

  support::FakeClock clock;
  support::MemoryFileSystem files{clock};
  support::FakeRandom random;
  support::FakeEnvironment environment;
  std::vector<std::string> lost;  ///< fields, as DocumentParts::settled_earlier was told of them
  FakeBackend backend;
  ManagerEvents events{clock};
  ManagerDocument document{{files, clock, random, environment,
                            [this](const std::vector<resolve::FieldChange>& fields) {
                              for (const resolve::FieldChange& field : fields)
                                lost.push_back(resolve::format_path(field.path));
                            }},
                           sync::paths_beside("/home/config.json"),
                           "lark"};
  ManagerApi api{{document, backend, events, clock, random, "start-claude 0"}};
  ManagerService service{ManagerGuard(Secret("token"), Secret("session"), {.port = 2334}), api,
                         events, clock};
};

}  // namespace start_claude::server
