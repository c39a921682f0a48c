// Plays every file of fixtures/http to the real engine, store client and retries, and says what a
// user gets to see. A request that differs from the recorded one in anything but dates fails.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "base/time.h"
#include "config/document.h"
#include "s3/s3_object_store.h"
#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"
#include "support/replay_transport.h"
#include "support/sync_device.h"
#include "sync/engine.h"
#include "ui/report.h"

namespace start_claude::support {
namespace {

using Profiles = std::vector<std::pair<std::string, std::string>>;

/// A run of s3-sync that nobody watches, after an edit or without one.
struct Step {
  std::optional<Profiles> edit = {};  ///< names and models
  std::string outcome;                ///< as outcome_of() tells it
  std::string hint = {};              ///< of an error: what to do about it
};

struct Row {
  std::string fixture;
  std::vector<Step> steps;
  std::string bucket = "team";
  std::string key = "start-claude-config.json";
  std::string session_token = {};
  std::chrono::hours clock_ahead{0};
};

const Profiles none;
const Profiles sonnet{{"production", "sonnet"}};
const Profiles opus{{"production", "opus"}};
Profiles two(const std::string& production, const std::string& home) {
  return {{"production", production}, {"home", home}};
}
const Profiles haiku{{"production", "haiku"}};

std::vector<Row> rows() {
  const Step first{sonnet, "uploaded [production=sonnet]"};
  const Step next_opus{opus, "uploaded [production=opus]"};
  const Step gets_sonnet{{}, "downloaded [production=sonnet]"};
  const Step gets_opus{{}, "downloaded [production=opus]"};
  const Step stays{{}, "in sync [production=sonnet]"};
  const std::string gone =
      "undecided: the remote copy is gone though it was there; nothing changed";
  const std::string put_back = "check the bucket and the key; s3-upload --force puts it back";
  const std::string again = "run s3-setup; Enter keeps what is still right";
  const std::string repair = "repair it from here: s3-upload --force";
  const std::string only_reads =
      "it needs s3:PutObject; s3-upload tries again, s3-setup --read-only leaves it so";
  const std::string moved = "downloaded; the bucket team is in region ";
  return {
      {"ceph/first_upload", {first}},
      {"ceph/no_change", {first, stays}},
      {"ceph/remote_newer", {first, gets_opus}},
      {"ceph/local_newer", {first, next_opus}},
      {"ceph/precondition_failed",
       {{two("sonnet", "haiku"), "uploaded [production=sonnet home=haiku]"},
        {two("sonnet", "opus"), "merged [production=opus home=opus]"}}},
      {"ceph/conflict",
       {first,
        {haiku,
         "undecided: production.model changed on both sides; nothing changed [production=haiku]",
         "run s3-sync on a terminal, or choose with s3-download or s3-upload --force"}}},
      {"ceph/missing_key", {first, {{}, gone + " [production=sonnet]", put_back}}},
      {.fixture = "ceph/missing_bucket",
       .steps = {{sonnet, "no_such_bucket: no such bucket: team-not-there [production=sonnet]",
                  "check its name and the endpoint, or create it with s3-setup --create-bucket"}},
       .bucket = "team-not-there"},
      {"ceph/denied",
       {{sonnet,
         "access_denied: not allowed to read s3://team/start-claude-config.json (403 "
         "AccessDenied) [production=sonnet]",
         "the key needs s3:GetObject on this object; start-claude s3-doctor --policy prints all it "
         "needs"}}},
      {"ceph/wrong_secret",
       {{sonnet,
         "access_denied: the secret access key is wrong (403 SignatureDoesNotMatch) "
         "[production=sonnet]",
         "enter it again with s3-setup; if it is right, something on the way changes requests"}}},
      {"ceph/unknown_key_id",
       {{sonnet,
         "access_denied: no such access key id (403 InvalidAccessKeyId) [production=sonnet]",
         again}}},
      {.fixture = "ceph/skewed_clock",
       .steps =
           {{sonnet,
             "uploaded; this clock is 24 h 0 min behind the server; requests are signed by the "
             "server's clock [production=sonnet]"}},
       .clock_ahead = std::chrono::hours(-24)},
      {"ceph/empty_object",
       {{sonnet,
         "invalid_data: the remote copy is not a configuration: it has no list of \"configs\"; "
         "nothing changed [production=sonnet]",
         repair}}},
      {"ceph/damaged_object",
       {{sonnet,
         "invalid_data: the remote copy is not valid JSON (line 1, column 37: unterminated "
         "string); nothing changed [production=sonnet]",
         repair}}},
      {"ceph/embedded_s3_sync",
       {{{}, "downloaded, s3Sync ignored [production=sonnet]"}, next_opus}},
      {"ceph/metadata_missing", {gets_sonnet}},
      {"ceph/metadata_strange", {gets_sonnet}},
      {.fixture = "ceph/key_with_spaces",
       .steps = {first, stays},
       .key = "my configs/a+b & c=d/größe 東京~(1).json"},
      {"amazon/wrong_region", {{{}, moved + "eu-west-1, not us-east-1 [production=opus]"}}},
      {"amazon/permanent_redirect", {{{}, moved + "eu-west-1, not us-east-1 [production=opus]"}}},
      {"amazon/temporary_redirect", {{{}, moved + "us-west-2, not us-east-1 [production=opus]"}}},
      {"amazon/slow_down_then_found", {gets_opus}},
      {"amazon/internal_error_after_put", {first}},
      {"amazon/missing_key_without_list", {first}},
      {"amazon/read_only_key",
       {gets_opus,
        {two("opus", "haiku"),
         "access_denied: not allowed to write s3://team/start-claude-config.json: \"Access "
         "Denied\" "
         "(403 AccessDenied); edits made here stay here [production=opus home=haiku]",
         only_reads},
        {{},
         "access_denied: this key may read the remote copy but not write it; edits made here stay "
         "here [production=opus home=haiku]",
         only_reads}}},
      {"amazon/write_only_key", {{sonnet, "uploaded, unreadable [production=sonnet]"}}},
      {"amazon/kms_key_denied",
       {{sonnet,
         "access_denied: the KMS key that encrypts s3://team/start-claude-config.json may not be "
         "used by this access key (403 AccessDenied) [production=sonnet]",
         "allow it kms:Decrypt and kms:GenerateDataKey on that KMS key"}}},
      {"amazon/kms_key_disabled",
       {{sonnet,
         "access_denied: the KMS key that encrypts s3://team/start-claude-config.json cannot be "
         "used (400 KMS.DisabledException) [production=sonnet]",
         "have it enabled again, or the bucket's default encryption changed"}}},
      {"amazon/kms_needs_https",
       {{sonnet,
         "access_denied: the KMS key that encrypts s3://team/start-claude-config.json is only used "
         "over https (400 InvalidArgument) [production=sonnet]",
         "set an endpoint that begins with https:// with s3-setup"}}},
      {"amazon/kms_etag", {first, next_opus}},
      {"amazon/illegal_location_constraint",
       {{sonnet,
         "not_configured: s3.us-east-1.amazonaws.com does not serve the bucket team for region "
         "us-east-1 (400 IllegalLocationConstraintException) [production=sonnet]",
         "check the region and the endpoint URL with s3-setup"}}},
      {"amazon/payload_altered_once", {first}},
      {"amazon/bad_digest",
       {{sonnet,
         "unreachable: the request to s3.us-east-1.amazonaws.com was altered on the way (400 "
         "BadDigest) [production=sonnet]",
         "look for a proxy that changes requests between here and s3.us-east-1.amazonaws.com"}}},
      {"amazon/incomplete_body",
       {{sonnet,
         "unreachable: the request to s3.us-east-1.amazonaws.com was altered on the way (400 "
         "IncompleteBody) [production=sonnet]",
         "look for a proxy that changes requests between here and s3.us-east-1.amazonaws.com"}}},
      {"amazon/service_unavailable_then_found", {gets_opus}},
      {"amazon/header_not_implemented",
       {{sonnet,
         "unexpected: s3.us-east-1.amazonaws.com does not support the header x-amz-meta-clock "
         "(501 NotImplemented) [production=sonnet]",
         "check the endpoint URL; s3-doctor --write shows what this store can do"}}},
      {"garage/region_of_garage",
       {{{},
         "downloaded; the server garage.example:3900 is in region garage, not us-east-1 "
         "[production=opus]"}}},
      {"minio/region_of_minio",
       {{{},
         "downloaded; the server minio.example:9000 is in region eu-central-7, not us-east-1 "
         "[production=opus]"}}},
      {"tigris/request_timeout", {gets_opus}},
      {"amazon/write_conflict", {{sonnet, "in sync [production=sonnet]"}}},
      {"amazon/deleted_before_put", {first, {opus, gone + " [production=opus]", put_back}}},
      {.fixture = "amazon/skewed_clock",
       .steps = {{{},
                  "downloaded; this clock is 1 h 0 min ahead of the server; requests are signed by "
                  "the server's clock [production=opus]"}},
       .clock_ahead = std::chrono::hours(1)},
      {.fixture = "amazon/expired_token",
       .steps = {{{},
                  "access_denied: the session credentials have expired (400 ExpiredToken) []",
                  "get new ones; or store a key that does not expire with s3-setup"}},
       .session_token = "AQoDYXdzEJrtyWJ4NjK7PiEXAMPLEtoken"},
      {"amazon/content_md5_required", {first}},
      {"r2/unauthorized",
       {{{},
         "access_denied: 0123456789abcdef.r2.cloudflarestorage.com refuses these credentials "
         "(401 Unauthorized) []",
         again}}},
      {"r2/too_many_requests", {first}},
      {"b2/conditions_not_implemented", {first}},
      {"network/truncated_body", {gets_opus}},
      {"network/login_page",
       {{{},
         "unreachable: minio.example:9000 answered with a web page instead of S3 (200) []",
         "sign in to this network if it has a login page, or check the endpoint URL"}}},
      {"network/bad_gateway", {gets_opus}},
      {"network/unavailable",
       {{{},
         "unreachable: minio.example:9000 answers 503 after 4 attempts []",
         "it is overloaded or out of order; try again later"}}},
  };
}

std::string name_of(sync::RunResult result) {
  switch (result) {
    case sync::RunResult::in_sync: return "in sync";
    case sync::RunResult::uploaded: return "uploaded";
    case sync::RunResult::downloaded: return "downloaded";
    case sync::RunResult::merged: return "merged";
    case sync::RunResult::held: return "held";
    case sync::RunResult::pending: return "pending";
  }
  return "";
}

std::string text_of(const Error& error) {
  return std::string(base::name_of(error.kind)) + ": " + error.message;
}

/// The machine of one fixture: everything real but its clock, its disk and the network.
class ReplayedMachine {
 public:
  explicit ReplayedMachine(const Row& row) : row_(row), transport_(row.fixture) {
    clock_.set_now(time_of_first_reply());
    clock_.set_skew(row.clock_ahead);
    const http::Uri& first = transport_.exchanges().front().request.uri;
    auto endpoint =
        s3::resolve_endpoint({.url = first.scheme + "://" + first.authority()}, row.bucket);
    REQUIRE(endpoint);
    store_.emplace(transport_, clock_, random_, credentials_, *endpoint,
                   s3::StoreOptions{.warn = [this](const std::string& text) { said_ += text; }});
    remote_ = {endpoint->base.authority(), row.bucket, row.key};
    (void)files_.make_folder(platform::folder_of(device_config), 0700);
    edit(none);
  }

  void edit(const Profiles& profiles) {
    files_.write_in_place(device_config, SyncDevice::configs(profiles));
  }

  /// "what happened: why; what the store warned of [the configurations here afterwards]".
  std::string sync() {
    said_.clear();
    sync::Engine engine({files_, clock_, random_, *store_, nobody_},
                        {.paths = sync::paths_beside(device_config),
                         .remote = remote_,
                         .host_name = "lark",
                         .signer = [] { return std::string("the key of this test"); }});
    const auto report = engine.run({.occasion = resolve::Occasion::unattended});
    return outcome_of(report) + (said_.empty() ? "" : "; " + said_) + " [" + here() + "]";
  }

  void finish() { transport_.finish(); }
  /// That of the last run's error; nothing if it had none.
  const std::optional<std::string>& hint() const { return hint_; }

 private:
  std::string outcome_of(const Result<sync::RunReport>& report) {
    hint_.reset();
    if (!report) return told(report.error());
    const auto held = ui::error_of_run(*report);
    if (held) return told(*held);
    return name_of(report->result) + (report->unreadable ? ", unreadable" : "") +
           (report->found.remote.had_s3_sync ? ", s3Sync ignored" : "");
  }

  std::string told(const Error& error) {
    hint_ = error.hint;
    return text_of(error);
  }

  UtcTime time_of_first_reply() const {
    for (const auto& exchange : transport_.exchanges()) {
      const auto* response = std::get_if<http::Response>(&exchange.reply);
      if (response == nullptr) continue;
      const auto date = base::parse_time(response->headers.find("Date").value_or(""));
      if (date) return *date;
    }
    return clock_.now();
  }

  std::string here() const {
    const auto document = config::parse_document(files_.text_of(device_config).value_or(""));
    if (!document) return "damaged";
    std::string text;
    const json::Value* configs = document->find("configs");
    if (configs == nullptr) return text;
    for (const json::Value& profile : *configs->as_array()) {
      if (!text.empty()) text += ' ';
      text += *profile.find("name")->as_string() + "=" + *profile.find("model")->as_string();
    }
    return text;
  }

  static s3::Credentials credentials_of(const Row& row) {
    s3::Credentials credentials{
        .access_key_id = "AKIAIOSFODNN7EXAMPLE",
        .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
    if (!row.session_token.empty()) credentials.session_token = Secret(row.session_token);
    return credentials;
  }

  const Row& row_;
  ReplayTransport transport_;
  FakeClock clock_;
  FakeRandom random_{1};
  MemoryFileSystem files_{clock_};
  s3::FixedCredentials credentials_{credentials_of(row_)};
  std::optional<s3::S3ObjectStore> store_;
  sync::RemoteName remote_;
  ScriptedConversation nobody_;
  std::string said_;
  std::optional<std::string> hint_;
};

TEST_CASE("what a store answers leads to what the user sees") {
  for (const Row& row : rows()) {
    DYNAMIC_SECTION(row.fixture) {
      ReplayedMachine machine(row);
      for (const Step& step : row.steps) {
        if (step.edit) machine.edit(*step.edit);
        CHECK(machine.sync() == step.outcome);
        CHECK(machine.hint().value_or("") == step.hint);
        // One line, one next step, and nothing of a server's XML.
        if (machine.hint()) CHECK_FALSE(machine.hint()->empty());
        CHECK(step.outcome.find_first_of("<\n") == std::string::npos);
      }
      machine.finish();
    }
  }
}

TEST_CASE("every recorded fixture is played once") {
  const std::filesystem::path folder = std::string(FIXTURES) + "/http";
  std::vector<std::string> recorded;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".http") continue;
    auto name = std::filesystem::relative(entry.path(), folder).replace_extension();
    recorded.push_back(name.generic_string());
  }
  std::vector<std::string> played;
  for (const Row& row : rows()) played.push_back(row.fixture);
  std::sort(recorded.begin(), recorded.end());
  std::sort(played.begin(), played.end());
  CHECK(recorded == played);
  CHECK(recorded.size() >= 25);
}

}  // namespace
}  // namespace start_claude::support
