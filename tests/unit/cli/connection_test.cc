// From settings, flags and variables to the way a store is spoken to.
#include "cli/connection.h"

#include <memory>
#include <vector>

#include "cli/connection_check.h"
#include "cli/recording.h"
#include "machine.h"
#include "s3/credentials.h"
#include "ui/console.h"

namespace start_claude::cli {
namespace {

using Variables = support::FakeEnvironment::Variables;

config::S3Settings stored_settings() {
  return {.bucket = "team",
          .region = "us-east-1",
          .key = "c.json",
          .endpoint_url = "https://s3.lan",
          .access_key_id = "AKIA1234567890ABCDEF",
          .secret_access_key = Secret("hush")};
}

/// A machine whose transports are scripted, and kept with what they were made for.
struct Desk {
  Desk() {
    lark.host.make_transport = [this](const http::CurlOptions& options) {
      made.push_back(options);
      auto transport = std::make_unique<support::ScriptedTransport>(clock);
      for (const http::Reply& reply : replies) transport->answer(reply);
      last = transport.get();
      return transport;
    };
  }

  std::unique_ptr<Connection> connect(const config::S3Settings& settings,
                                      const sync::StoreTraits& traits = {},
                                      const Options& options = {}) {
    const Notices notices{.warn = [this](const std::string& text) { warnings.push_back(text); },
                          .trace = [this](const std::string& line) { traces.push_back(line); }};
    return std::make_unique<Connection>(lark.host, notices, options, settings, traits, "the file");
  }

  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};
  std::vector<http::Reply> replies;  ///< of each transport that is made from here on
  std::vector<http::CurlOptions> made;
  support::ScriptedTransport* last = nullptr;
  std::vector<std::string> warnings;
  std::vector<std::string> traces;
};

TEST_CASE("whom to trust is in the settings, else in the variables of other tools") {
  const auto [variables, ca_file] = GENERATE(table<Variables, std::optional<std::string>>({
      {Variables{}, std::nullopt},
      {Variables{{"AWS_CA_BUNDLE", "/aws.pem"}}, "/aws.pem"},
      {Variables{{"SSL_CERT_FILE", "/ssl.pem"}}, "/ssl.pem"},
      {Variables{{"CURL_CA_BUNDLE", "/curl.pem"}}, "/curl.pem"},
      {Variables{{"REQUESTS_CA_BUNDLE", "/python.pem"}}, "/python.pem"},
      {Variables{{"SSL_CERT_DIR", "/certs"}}, "/certs"},
      {Variables{{"NODE_EXTRA_CA_CERTS", "/node.pem"}}, std::nullopt},
      {Variables{{"AWS_CA_BUNDLE", "/aws.pem"}, {"SSL_CERT_FILE", "/ssl.pem"}}, "/aws.pem"},
  }));
  Desk desk;
  desk.lark.environment.variables = variables;
  auto settings = stored_settings();
  CHECK(desk.connect(settings)->http_options().ca_file == ca_file);
  settings.ca_file = "/ours.pem";
  CHECK(desk.connect(settings)->http_options().ca_file == "/ours.pem");
}

TEST_CASE("what Node trusts beside the system's roots is trusted here, too") {
  Desk desk;
  desk.lark.environment.variables = {{"NODE_EXTRA_CA_CERTS", "/node.pem"}};
  auto settings = stored_settings();
  CHECK(desk.connect(settings)->http_options().extra_ca_file == "/node.pem");
}

TEST_CASE("a profile's ca_bundle, addressing and hosts complete the settings") {
  Desk desk;
  desk.lark.environment.variables["HOME"] = "/home/lark";
  REQUIRE(desk.lark.files.make_folder("/home/lark/.aws", 0700).index() == 0);
  desk.lark.files.write_in_place(
      "/home/lark/.aws/config",
      "[default]\nca_bundle = ~/corp.pem\nuse_fips_endpoint = true\ns3 =\n"
      "  addressing_style = path\n");
  auto settings = stored_settings();
  settings.access_key_id.clear();
  settings.endpoint_url.reset();
  const auto connection = desk.connect(settings);
  CHECK(connection->http_options().ca_file == "/home/lark/corp.pem");
  CHECK(connection->endpoint().base.host == "s3-fips.us-east-1.amazonaws.com");
  CHECK(connection->endpoint().addressing == s3::Addressing::path_style);
  desk.lark.environment.variables["AWS_CA_BUNDLE"] = "/aws.pem";
  CHECK(desk.connect(settings)->http_options().ca_file == "/aws.pem");
}

TEST_CASE("proxies are those of the environment, in either case") {
  struct Row {
    Variables variables;
    std::string https, http, bypassed;
  };
  const auto row = GENERATE(values<Row>({
      {{}, "", "", ""},
      {{{"HTTPS_PROXY", "S"}, {"HTTP_PROXY", "H"}, {"NO_PROXY", "N"}}, "S", "H", "N"},
      {{{"https_proxy", "s"}, {"http_proxy", "h"}, {"no_proxy", "n"}}, "s", "h", "n"},
      {{{"ALL_PROXY", "A"}}, "A", "A", ""},
      {{{"all_proxy", "a"}, {"HTTPS_PROXY", "S"}}, "S", "a", ""},
      {{{"https_proxy", "s"}, {"HTTPS_PROXY", "S"}}, "s", "", ""},
      // There, HTTP_PROXY is what the web server made of a visitor's header.
      {{{"REQUEST_METHOD", "GET"}, {"HTTP_PROXY", "H"}}, "", "", ""},
      {{{"REQUEST_METHOD", "GET"}, {"http_proxy", "h"}}, "", "h", ""},
  }));
  Desk desk;
  desk.lark.environment.variables = row.variables;
  const auto options = desk.connect(stored_settings())->http_options();
  CHECK(options.https_proxy == row.https);
  CHECK(options.http_proxy == row.http);
  CHECK(options.no_proxy == row.bypassed);
}

TEST_CASE("what the settings leave out of region and endpoint, the environment and a profile say") {
  Desk desk;
  auto settings = stored_settings();
  settings.endpoint_url.reset();
  settings.region.clear();
  const auto place = [&] {
    const auto endpoint = endpoint_of(settings, desk.lark.host);
    REQUIRE(endpoint);
    return endpoint->base.text() + ' ' + endpoint->region;
  };
  CHECK(place() == "https://s3.us-east-1.amazonaws.com/ us-east-1");
  desk.lark.environment.variables["AWS_REGION"] = "eu-west-7";
  CHECK(place() == "https://s3.eu-west-7.amazonaws.com/ eu-west-7");
  desk.lark.environment.variables["AWS_ENDPOINT_URL_S3"] = "https://s3.lan";
  CHECK(place() == "https://s3.lan/ eu-west-7");

  desk.lark.environment.variables = {{"HOME", "/home/me"}};
  (void)desk.lark.files.make_folder("/home/me/.aws", 0700);
  desk.lark.files.write_in_place(
      "/home/me/.aws/config",
      "[profile team]\nregion = eu-west-1\nendpoint_url = https://s3.profile.lan\n");
  settings.credentials_from = config::CredentialsFrom::profile;
  settings.profile = "team";
  CHECK(place() == "https://s3.profile.lan/ eu-west-1");
  settings.region = "us-east-2";
  settings.endpoint_url = "https://s3.settings.lan";
  CHECK(place() == "https://s3.settings.lan/ us-east-2");
}

TEST_CASE("how the bucket is addressed can be settled") {
  const auto [addressing, url] = GENERATE(table<std::optional<std::string>, std::string>({
      {std::nullopt, "https://s3.lan/team"},
      {"path", "https://s3.lan/team"},
      {"virtual", "https://team.s3.lan/"},
  }));
  Desk desk;
  auto settings = stored_settings();
  settings.addressing = addressing;
  const auto endpoint = endpoint_of(settings, desk.lark.host);
  REQUIRE(endpoint);
  CHECK(s3::bucket_uri(*endpoint, "team").text() == url);
  settings.endpoint_url.reset();
  settings.addressing = "path";
  CHECK(s3::bucket_uri(*endpoint_of(settings, desk.lark.host), "team").text() ==
        "https://s3.us-east-1.amazonaws.com/team");
}

TEST_CASE("servers below different paths are different remotes") {
  Desk desk;
  auto settings = stored_settings();
  const auto name = [&](const std::string& url) {
    settings.endpoint_url = url;
    return remote_name_of(*endpoint_of(settings, desk.lark.host), settings).endpoint;
  };
  CHECK(name("https://s3.lan") == "s3.lan");
  CHECK(name("https://s3.lan:9000/gateway/") == "s3.lan:9000/gateway");
}

TEST_CASE("plain http to another machine is warned about") {
  Desk desk;
  auto settings = stored_settings();
  settings.endpoint_url = "http://127.0.0.1:9010";
  (void)desk.connect(settings);
  CHECK(desk.warnings.empty());
  settings.endpoint_url = "http://s3.lan:9000";
  (void)desk.connect(settings);
  CHECK(desk.warnings ==
        std::vector<std::string>{"plain http to s3.lan:9000: API keys can be read on the network"});
}

TEST_CASE("a store keeps to --timeout, and to what was found out about it earlier") {
  Desk desk;
  Options options;
  options.timeout = std::chrono::seconds(8);
  desk.replies = {http::Response{200, {{"etag", "\"2\""}}, ""}};
  const auto connection = desk.connect(stored_settings(), {.etag_unquoted = true}, options);
  REQUIRE(connection->store().put(connection->location(), {.body = "{}", .metadata = {}},
                                  s3::IfMatch{{"\"1\""}}));
  CHECK(desk.last->limits.front().total_timeout == std::chrono::seconds(4));
  CHECK(desk.last->requests.front().headers.find("if-match") == "1");
}

TEST_CASE("each request is traced: what, where, what came of it, which attempt, why not") {
  Desk desk;
  desk.replies = {
      http::Failure{http::FailureKind::connection_lost, "the connection broke"},
      support::s3_error(503, "SlowDown"),
      support::s3_error(403, "SignatureDoesNotMatch",
                        "<CanonicalRequest>PUT\n/team/c.json</CanonicalRequest>"),
  };
  const auto connection = desk.connect(stored_settings());
  REQUIRE_FALSE(connection->store().get(connection->location(), std::nullopt));
  REQUIRE(desk.traces.size() == 3);
  const std::string what = "GET s3.lan/team/c.json  ";
  CHECK(desk.traces[0] == what + "the connection broke  0 ms");
  CHECK(desk.traces[1] == what + "503  4442587FB7D0A2F9  0 ms  attempt 2");
  CHECK(desk.traces[2] == what +
                              "403  4442587FB7D0A2F9  0 ms  attempt 3\n"
                              "  line 1 of what is signed: here GET, at the server PUT");
}

TEST_CASE("credentials are described by their source, with the key id masked") {
  Desk desk;
  auto settings = stored_settings();
  const auto described = [&](Lookup lookup) {
    return desk.connect(settings)->describe_credentials(lookup).text(desk.clock);
  };
  CHECK(described(Lookup::not_allowed) == "AKIA****CDEF, from the file");
  settings.credentials_from = config::CredentialsFrom::environment;
  settings.access_key_id.clear();
  desk.lark.environment.variables["AWS_ACCESS_KEY_ID"] = "AKIAENVIRONMENT12345";
  desk.lark.environment.variables["AWS_SECRET_ACCESS_KEY"] = "hush";
  CHECK(described(Lookup::allowed) == "AKIA****2345, from AWS_ACCESS_KEY_ID");
  CHECK(desk.traces ==
        std::vector<std::string>{"credentials: AKIA****2345, from AWS_ACCESS_KEY_ID"});
  settings.credentials_from = config::CredentialsFrom::profile;
  settings.profile = "team";
  CHECK(described(Lookup::not_allowed) == "profile team (not looked up)");
}

TEST_CASE("where the settings name one source of credentials, no other is looked at") {
  Desk desk;
  auto settings = stored_settings();
  settings.access_key_id.clear();
  (void)desk.lark.files.make_folder("/home/me/.aws", 0700);
  desk.lark.files.write_in_place("/home/me/.aws/credentials",
                                 "[default]\naws_access_key_id = A\naws_secret_access_key = a\n");
  const auto credentials = [&] { return desk.connect(settings)->credentials(); };
  CHECK(credentials()->access_key_id == "A");
  settings.credentials_from = config::CredentialsFrom::environment;
  CHECK_THAT(credentials().error().message,
             Catch::StartsWith("no S3 credentials in the environment"));
  settings.credentials_from = config::CredentialsFrom::profile;
  settings.profile = "team";
  // Its endpoint is in the settings, so that only the credentials are missing.
  desk.lark.files.write_in_place("/home/me/.aws/config", "[profile team]\nregion = eu-west-1\n");
  CHECK(credentials().error().message == "profile team has no credentials");
}

const std::string of_container =
    R"({"AccessKeyId": "ASIACONTAINER1234567", "SecretAccessKey": "secret-of-container",)"
    R"( "Token": "token-of-container", "Expiration": "2026-11-22T10:14:03Z"})";

TEST_CASE("a container is asked directly, with the authorities that are trusted elsewhere") {
  Desk desk;
  desk.lark.environment.variables = {
      {"HOME", "/home/me"},
      {"https_proxy", "http://proxy.lan:3128"},
      {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://credentials.lan/c"},
  };
  desk.replies = {http::Response{200, {}, of_container}};
  auto settings = stored_settings();
  settings.access_key_id.clear();
  settings.ca_file = "/ours.pem";
  const auto connection = desk.connect(settings);
  const auto found = connection->describe_credentials(Lookup::allowed);
  CHECK_THAT(found.text(desk.clock),
             Catch::StartsWith("ASIA****4567, from the container "
                               "(AWS_CONTAINER_CREDENTIALS_FULL_URI), until "));
  REQUIRE(desk.made.size() == 2);
  CHECK(desk.made[0].https_proxy == "http://proxy.lan:3128");
  CHECK(desk.made[1].https_proxy.empty());
  CHECK(desk.made[1].ca_file == "/ours.pem");
  // A role has another key id each hour, and is the same signer.
  CHECK(connection->signer() == "the container (AWS_CONTAINER_CREDENTIALS_FULL_URI)");
}

TEST_CASE("a recording has the requests for credentials, and nothing that is secret") {
  Desk desk;
  Recording recording;
  desk.lark.host.recording = &recording;
  desk.lark.environment.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] =
      "http://127.0.0.1/v2/0f1e2d3c";
  auto settings = stored_settings();
  settings.access_key_id.clear();
  // The store repeats what it was sent.
  desk.replies = {support::s3_error(400, "InvalidArgument",
                                    "<Message>ASIACONTAINER1234567 token-of-container</Message>")};
  const auto connection = desk.connect(settings);
  desk.replies = {http::Response{200, {}, of_container}};
  REQUIRE_FALSE(connection->store().get(connection->location(), std::nullopt));
  const std::string text = recording.text("");
  CHECK_THAT(text, Catch::Contains("> GET http://127.0.0.1/{any}") &&
                       Catch::Contains("> GET https://s3.lan/team/c.json"));
  for (const char* secret :
       {"0f1e2d3c", "ASIACONTAINER", "secret-of-container", "token-of-container"}) {
    CHECK(text.find(secret) == std::string::npos);
  }
}

TEST_CASE("a recording does not have the stored key") {
  Desk desk;
  Recording recording;
  desk.lark.host.recording = &recording;
  desk.replies = {support::s3_error(400, "InvalidArgument", "<Message>hush</Message>")};
  const auto connection = desk.connect(stored_settings());
  REQUIRE_FALSE(connection->store().get(connection->location(), std::nullopt));
  CHECK(recording.text("").find("hush") == std::string::npos);
}

TEST_CASE("what a connection finds is said in a line") {
  const std::string document = R"({"configs":[{"name":"a"}]})";
  const auto stored_at = [](std::string body, std::string date) {
    return http::Response{200,
                          {{"ETag", "\"1\""},
                           {"Last-Modified", "Sun, 22 Nov 2026 08:00:00 GMT"},
                           {"Date", std::move(date)}},
                          std::move(body)};
  };
  const std::string time = "2026-11-22 08:00:00 +0000";
  const std::string damaged = "readable, but what is stored there is not valid JSON";
  const auto [reply, said] = GENERATE_COPY(table<http::Response, std::string>({
      {support::s3_error(404, "NoSuchKey"), "signed in, readable, nothing stored there yet"},
      {support::s3_error(403, "AccessDenied"),
       "signed in; whether something is stored there the key may not see"},
      {stored_at("{", "Sun, 22 Nov 2026 08:14:03 GMT"), damaged},
      {stored_at(document, "Sun, 22 Nov 2026 08:14:03 GMT"),
       "readable: 1 profile, " + time + " (14 min ago)"},
      // By the server's clock, which is an hour ahead of this one.
      {stored_at(document, "Sun, 22 Nov 2026 09:14:03 GMT"),
       "readable: 1 profile, " + time + " (1 h 14 min ago)"},
  }));
  Desk desk;
  desk.replies = {reply};
  const auto connection = desk.connect(stored_settings());
  const ui::Console console(desk.lark.terminal, desk.clock, {});
  CHECK_THAT(describe_what_is_there(*connection, desk.lark.host, console).value(),
             Catch::StartsWith(said));
}

}  // namespace
}  // namespace start_claude::cli
