#include "cli/setup_answers.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_environment.h"
#include "support/fake_programs.h"
#include "support/fake_random.h"
#include "support/fake_terminal.h"
#include "support/memory_filesystem.h"

namespace start_claude::cli {
namespace {

struct Desk {
  explicit Desk(std::deque<std::string> answers) : terminal(std::move(answers)) {}

  Result<config::S3Settings> gather(
      const SetupOptions& flags, Asking asking,
      const std::optional<config::S3Settings>& earlier = std::nullopt) {
    Options options;
    options.setup = flags;
    ui::Console console(terminal, clock, {});
    return gather_settings(host, console, options, earlier, asking);
  }

  support::FakeTerminal terminal;
  support::FakeClock clock;
  support::FakeRandom random{1};
  support::FakeEnvironment environment;
  support::MemoryFileSystem files{clock};
  support::FakePrograms programs;
  Host host{.clock = clock,
            .files = files,
            .random = random,
            .environment = environment,
            .terminal = terminal,
            .programs = programs,
            .make_transport = {}};
};

TEST_CASE("each service asks its own questions, in the documented order") {
  struct Row {
    std::string name;
    std::deque<std::string> answers;
    std::string prompts;
    std::string region;
    std::optional<std::string> endpoint;
  };
  const Row rows[] = {
      {"Amazon S3",
       {"", "cfg", "", "AKIA", "secret", ""},
       "Choose [1]: Bucket name: AWS Region [us-east-1]: AWS Access Key ID: "
       "AWS Secret Access Key: File path in bucket [start-claude-config.json]: ",
       "us-east-1",
       std::nullopt},
      {"Cloudflare R2",
       {"2", "cfg", "", "AKIA", "secret", "https://a.r2.cloudflarestorage.com", ""},
       "Choose [1]: Bucket name: AWS Region [auto]: R2 Token (Access Key ID): R2 Secret: "
       "R2 Endpoint URL: File path in bucket [start-claude-config.json]: ",
       "auto",
       "https://a.r2.cloudflarestorage.com"},
      {"Backblaze B2",
       {"3", "cfg", "us-west-004", "AKIA", "secret", "", ""},
       "Choose [1]: Bucket name: Region: Application Key ID: Application Key: "
       "B2 Endpoint URL [https://s3.us-west-004.backblazeb2.com]: "
       "File path in bucket [start-claude-config.json]: ",
       "us-west-004",
       "https://s3.us-west-004.backblazeb2.com"},
      {"Other",
       {"4", "cfg", "", "AKIA", "secret", "https://minio.lan:9000", ""},
       "Choose [1]: Bucket name: Region [us-east-1]: Access Key ID: Secret Access Key: "
       "Custom endpoint URL: File path in bucket [start-claude-config.json]: ",
       "us-east-1",
       "https://minio.lan:9000"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Desk desk(row.answers);
    const auto settings = desk.gather({}, Asking::yes);
    REQUIRE(settings);
    const std::string menu =
        "Storage service\n"
        "  1) Amazon S3   2) Cloudflare R2   3) Backblaze B2   4) Other S3-compatible service\n";
    CHECK(desk.terminal.errors() == menu + row.prompts);
    CHECK(desk.terminal.secrets_read() == 1);
    CHECK(settings->bucket == "cfg");
    CHECK(settings->region == row.region);
    CHECK(settings->endpoint_url == row.endpoint);
    CHECK(settings->access_key_id == "AKIA");
    CHECK(settings->secret_access_key.reveal() == "secret");
    CHECK(settings->key == "start-claude-config.json");
  }
}

TEST_CASE("run again, Enter keeps what is there") {
  config::S3Settings earlier;
  earlier.bucket = "cfg";
  earlier.region = "eu-1";
  earlier.endpoint_url = "https://minio.lan:9000";
  earlier.access_key_id = "AKIA";
  earlier.secret_access_key = Secret("secret");
  earlier.key = "a/b.json";
  Desk desk({"", "", "", "", "", "", ""});
  const auto settings = desk.gather({}, Asking::yes, earlier);
  REQUIRE(settings);
  CHECK(settings->bucket == "cfg");
  CHECK(settings->region == "eu-1");
  CHECK(settings->endpoint_url == "https://minio.lan:9000");
  CHECK(settings->access_key_id == "AKIA");
  CHECK(settings->secret_access_key.reveal() == "secret");
  CHECK(settings->key == "a/b.json");
  CHECK(desk.terminal.screen().find("secret\n") == std::string::npos);
}

TEST_CASE("another key id needs another secret") {
  config::S3Settings earlier;
  earlier.bucket = "cfg";
  earlier.region = "us-east-1";
  earlier.access_key_id = "OLD";
  earlier.secret_access_key = Secret("old-secret");
  Desk desk({"", "", "", "NEW", "", "new-secret", ""});
  const auto settings = desk.gather({}, Asking::yes, earlier);
  REQUIRE(settings);
  CHECK(settings->secret_access_key.reveal() == "new-secret");

  // The token belonged to the old key.
  earlier.session_token = Secret("old-token");
  (void)desk.files.make_folder("/run", 0700);
  desk.files.write_in_place("/run/secret", "new-secret");
  const SetupOptions flags{.access_key_id = "NEW", .secret_access_key_file = "/run/secret"};
  CHECK_FALSE(desk.gather(flags, Asking::no, earlier)->session_token);
  desk.files.write_in_place("/run/secret", " \n");
  const auto empty = desk.gather(flags, Asking::no, earlier);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().message == "the secret access key in /run/secret is empty");
}

TEST_CASE("Enter at the region leaves it to what the endpoint says") {
  struct Row {
    std::string endpoint;
    std::string region;
  };
  const auto row = GENERATE(values<Row>({
      {"https://fra1.digitaloceanspaces.com", "fra1"},
      {"https://s3.eu-central-1.wasabisys.com", "eu-central-1"},
      {"fsn1.your-objectstorage.com", "fsn1"},
      {"https://s3.gra.io.cloud.ovh.net/", "gra"},
      {"https://s3.fr-par.scw.cloud", "fr-par"},
      {"https://storage.googleapis.com", "auto"},
      {"https://minio.lan:9000", "us-east-1"},
  }));
  CAPTURE(row.endpoint);
  SECTION("at a terminal, where the endpoint comes after the region") {
    Desk desk({"4", "cfg", "", "AKIA", "secret", row.endpoint, ""});
    const auto settings = desk.gather({}, Asking::yes);
    REQUIRE(settings);
    CHECK(settings->region == row.region);
    const bool is_told =
        desk.terminal.errors().find("Region " + row.region + ", as this") != std::string::npos;
    CHECK(is_told == (row.region != "us-east-1"));
  }
  SECTION("at a terminal, with the endpoint as a flag: the prompt shows it") {
    Desk desk({"cfg", "", "AKIA", "secret", ""});
    const auto settings = desk.gather({.endpoint = row.endpoint}, Asking::yes);
    REQUIRE(settings);
    CHECK(settings->region == row.region);
    CHECK(desk.terminal.errors().find("Region [" + row.region + "]: ") != std::string::npos);
  }
  SECTION("unattended") {
    Desk desk({});
    const auto settings = desk.gather(
        {.service = "custom", .bucket = "cfg", .endpoint = row.endpoint, .credentials = "env"},
        Asking::no);
    REQUIRE(settings);
    CHECK(settings->region == row.region);
  }
  SECTION("what is typed counts") {
    Desk desk({"4", "cfg", "xx-7", "AKIA", "secret", row.endpoint, ""});
    CHECK(desk.gather({}, Asking::yes)->region == "xx-7");
    const auto settings = Desk({}).gather({.service = "custom",
                                           .bucket = "cfg",
                                           .region = "us-east-1",
                                           .endpoint = row.endpoint,
                                           .credentials = "env"},
                                          Asking::no);
    CHECK(settings->region == "us-east-1");
  }
}

TEST_CASE("a new endpoint brings its region along, an edit of something else keeps it") {
  config::S3Settings earlier;
  earlier.bucket = "cfg";
  earlier.region = "fra1";
  earlier.endpoint_url = "https://fra1.digitaloceanspaces.com";
  earlier.credentials_from = config::CredentialsFrom::environment;
  Desk desk({});
  CHECK(desk.gather({.endpoint = "https://nyc3.digitaloceanspaces.com"}, Asking::no, earlier)
            ->region == "nyc3");
  CHECK(desk.gather({.key = "other.json"}, Asking::no, earlier)->region == "fra1");
  earlier.region = "us-east-1";
  CHECK(desk.gather({.key = "other.json"}, Asking::no, earlier)->region == "us-east-1");
}

TEST_CASE("AWS_REGION and AWS_ENDPOINT_URL_S3 are suggestions") {
  Desk desk({"4", "cfg", "", "AKIA", "secret", "", ""});
  desk.environment.variables["AWS_REGION"] = "eu-west-7";
  desk.environment.variables["AWS_ENDPOINT_URL_S3"] = "http://s3.lan";
  const auto settings = desk.gather({}, Asking::yes);
  REQUIRE(settings);
  CHECK(settings->region == "eu-west-7");
  CHECK(settings->endpoint_url == "http://s3.lan");

  Desk unasked({});
  unasked.environment.variables["AWS_ENDPOINT_URL_S3"] = "https://nyc3.digitaloceanspaces.com";
  const SetupOptions flags{.service = "custom", .bucket = "cfg", .credentials = "env"};
  CHECK(unasked.gather(flags, Asking::no)->region == "nyc3");
  unasked.terminal.answers = {"", "", ""};
  REQUIRE(unasked.gather(flags, Asking::yes));
  CHECK(unasked.terminal.screen().find("Region [nyc3]: ") != std::string::npos);
}

TEST_CASE("a service without a usual region leaves it to what the server says") {
  Desk desk({});
  const SetupOptions flags{
      .service = "b2", .bucket = "cfg", .endpoint = "https://b2.lan", .credentials = "env"};
  const auto settings = desk.gather(flags, Asking::no);
  REQUIRE(settings);
  CHECK(settings->region.empty());
}

TEST_CASE("run again, the service is the one that the endpoint says") {
  const auto [endpoint, suggested] = GENERATE(table<std::optional<std::string>, std::string>({
      {std::nullopt, "[1]"},
      {"https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com", "[2]"},
      {"https://s3.us-west-002.backblazeb2.com", "[3]"},
      {"https://fsn1.your-objectstorage.com", "[4]"},
  }));
  config::S3Settings earlier;
  earlier.bucket = "cfg";
  earlier.region = "us-east-1";
  earlier.endpoint_url = endpoint;
  earlier.credentials_from = config::CredentialsFrom::environment;
  Desk desk({"", "", "", "", ""});
  if (!endpoint) desk.terminal.answers.pop_back();
  REQUIRE(desk.gather({}, Asking::yes, earlier));
  CHECK(desk.terminal.screen().find("Choose " + suggested + ": ") != std::string::npos);
}

TEST_CASE("the authority's file is kept so that it is found from anywhere") {
  const auto [typed, kept] = GENERATE(table<std::string, std::string>({
      {"ca.pem", "/home/me/work/ca.pem"},
      {"../ca.pem", "/home/me/work/../ca.pem"},
      {"~/ca.pem", "/home/kim/ca.pem"},
      {"/etc/ca.pem", "/etc/ca.pem"},
  }));
  CAPTURE(typed);
  Desk desk({});
  desk.environment.variables["HOME"] = "/home/kim";
  const SetupOptions flags{.bucket = "cfg", .credentials = "env", .ca_file = typed};
  CHECK(desk.gather(flags, Asking::no)->ca_file == kept);
}

TEST_CASE("how a bucket is addressed, and that it is only read, is for flags to say") {
  config::S3Settings earlier;
  earlier.bucket = "cfg";
  earlier.region = "us-east-1";
  earlier.credentials_from = config::CredentialsFrom::environment;
  Desk desk({});
  const auto changed =
      desk.gather({.addressing = "virtual", .read_only = true}, Asking::no, earlier);
  REQUIRE(changed);
  CHECK(changed->addressing == "virtual");
  CHECK(changed->read_only == true);
  const auto kept = desk.gather({.key = "other.json"}, Asking::no, *changed);
  REQUIRE(kept);
  CHECK(kept->addressing == "virtual");
  CHECK(kept->read_only == true);
  CHECK(desk.gather({.read_only = false}, Asking::no, *changed)->read_only == std::nullopt);
}

TEST_CASE("Amazon S3 needs no endpoint, and keeps one of its own that is given") {
  config::S3Settings earlier;
  earlier.bucket = "cfg";
  earlier.region = "eu-west-1";
  earlier.endpoint_url = "https://minio.lan:9000";
  earlier.credentials_from = config::CredentialsFrom::environment;
  Desk desk({});
  CHECK(desk.gather({.service = "s3"}, Asking::no, earlier)->endpoint_url == std::nullopt);
  const std::string own = "https://s3.dualstack.eu-west-1.amazonaws.com";
  CHECK(desk.gather({.service = "s3", .endpoint = own}, Asking::no, earlier)->endpoint_url == own);
}

TEST_CASE("one leading slash of the file path is dropped") {
  Desk desk({"", "cfg", "", "AKIA", "secret", "/a/b.json"});
  CHECK(desk.gather({}, Asking::yes)->key == "a/b.json");
}

TEST_CASE("with flags nothing is asked, and what is missing is named") {
  Desk desk({});
  (void)desk.files.make_folder("/run", 0700);
  desk.files.write_in_place("/run/secret", "  hush\n");
  SetupOptions flags;
  flags.service = "custom";
  flags.bucket = "cfg";
  flags.endpoint = "http://127.0.0.1:9010";
  flags.access_key_id = "AKIA";
  const auto lacking = desk.gather(flags, Asking::no);
  REQUIRE_FALSE(lacking);
  CHECK(lacking.error().kind == ErrorKind::usage);
  CHECK(lacking.error().message == "--secret-access-key-file is needed");

  flags.secret_access_key_file = "/run/secret";
  const auto settings = desk.gather(flags, Asking::no);
  REQUIRE(settings);
  CHECK(settings->secret_access_key.reveal() == "hush");
  CHECK(settings->region == "us-east-1");

  flags.secret_access_key_file = "-";
  desk.terminal.answers = {"piped"};
  CHECK(desk.gather(flags, Asking::no)->secret_access_key.reveal() == "piped");
  CHECK(desk.terminal.screen().empty());
}

TEST_CASE("credentials from elsewhere are not asked for and not stored") {
  Desk desk({"", "cfg", "", ""});
  SetupOptions flags;
  flags.credentials = "env";
  const auto settings = desk.gather(flags, Asking::yes);
  REQUIRE(settings);
  CHECK(settings->credentials_from == config::CredentialsFrom::environment);
  CHECK(settings->access_key_id.empty());

  config::S3Settings earlier = *settings;
  earlier.credentials_from = config::CredentialsFrom::stored;
  earlier.access_key_id = "AKIA";
  earlier.secret_access_key = Secret("secret");
  earlier.session_token = Secret("token");
  const auto changed = desk.gather(flags, Asking::no, earlier);
  REQUIRE(changed);
  CHECK(changed->access_key_id.empty());
  CHECK(changed->secret_access_key.empty());
  CHECK_FALSE(changed->session_token);
}

TEST_CASE("input that ends early is said to have ended") {
  Desk desk({"", "cfg"});
  desk.terminal.may_run_out = true;
  const auto settings = desk.gather({}, Asking::yes);
  REQUIRE_FALSE(settings);
  CHECK(settings.error().kind == ErrorKind::usage);
}

void write_aws_file(Desk& desk, const std::string& name, std::string_view text) {
  desk.environment.variables["HOME"] = "/home/kim";
  (void)desk.files.make_folder("/home/kim/.aws", 0700);
  desk.files.write_in_place("/home/kim/.aws/" + name, text);
  desk.clock.advance(std::chrono::seconds(1));
}

constexpr const char* default_profile =
    "[default]\naws_access_key_id = A\naws_secret_access_key = a\n";

TEST_CASE("Enter alone at the key id uses what this machine has for AWS tools") {
  Desk desk({"", "cfg", "", "", ""});
  write_aws_file(desk, "credentials", default_profile);
  const auto settings = desk.gather({}, Asking::yes);
  REQUIRE(settings);
  CHECK(settings->credentials_from == config::CredentialsFrom::stored);
  CHECK(settings->access_key_id.empty());
  CHECK(settings->secret_access_key.empty());
  CHECK(desk.terminal.errors().find("(profile default)") != std::string::npos);
}

TEST_CASE("a key id that is typed counts before what this machine has") {
  Desk desk({"", "cfg", "", "AKIA", "secret", ""});
  write_aws_file(desk, "credentials", default_profile);
  const auto settings = desk.gather({}, Asking::yes);
  REQUIRE(settings);
  CHECK(settings->access_key_id == "AKIA");
  CHECK(settings->secret_access_key.reveal() == "secret");
}

TEST_CASE("unattended, a key may be left out where this machine has one") {
  const SetupOptions flags{.bucket = "cfg"};
  Desk bare({});
  const auto refused = bare.gather(flags, Asking::no);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "--access-key-id is needed");
  Desk desk({});
  write_aws_file(desk, "credentials", default_profile);
  const auto settings = desk.gather(flags, Asking::no);
  REQUIRE(settings);
  CHECK(settings->access_key_id.empty());
  // Without them, a run of setup that edits something else keeps it so.
  CHECK(bare.gather(flags, Asking::no, *settings));
  CHECK_FALSE(desk.gather({.bucket = "cfg", .credentials = "stored"}, Asking::no));
}

TEST_CASE("a profile suggests its region and its endpoint") {
  Desk desk({});
  write_aws_file(desk, "config",
                 "[profile lan]\nregion = eu-west-7\nendpoint_url = http://s3.lan\n");
  const SetupOptions flags{.service = "custom", .bucket = "cfg", .credentials = "profile:lan"};
  const auto settings = desk.gather(flags, Asking::no);
  INFO((settings ? "" : settings.error().message));
  REQUIRE(settings);
  CHECK(settings->region == "eu-west-7");
  CHECK(settings->endpoint_url == "http://s3.lan");
}

}  // namespace
}  // namespace start_claude::cli
