#include "cli/setup_answers.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/settings_credentials.h"
#include "s3/credentials_at_hand.h"
#include "s3/endpoint.h"
#include "s3/profiles.h"
#include "ui/prompt.h"

namespace start_claude::cli {
namespace {

constexpr std::string_view default_key = "start-claude-config.json";

/// What one service asks, in which words.
struct Service {
  std::string_view flag;
  std::string_view name;
  std::string_view region_label;
  std::string_view default_region;
  std::string_view key_id_label;
  std::string_view secret_label;
  std::string_view endpoint_label;    ///< empty: no endpoint is asked
  std::string_view default_endpoint;  ///< REGION stands for the region
};

constexpr std::array<Service, 4> services{{
    {"s3", "Amazon S3", "AWS Region", "us-east-1", "AWS Access Key ID", "AWS Secret Access Key", "",
     ""},
    {"r2", "Cloudflare R2", "AWS Region", "auto", "R2 Token (Access Key ID)", "R2 Secret",
     "R2 Endpoint URL", ""},
    {"b2", "Backblaze B2", "Region", "", "Application Key ID", "Application Key", "B2 Endpoint URL",
     "https://s3.REGION.backblazeb2.com"},
    {"custom", "Other S3-compatible service", "Region", "us-east-1", "Access Key ID",
     "Secret Access Key", "Custom endpoint URL", ""},
}};

const Service& service_of_settings(const config::S3Settings& settings) {
  if (!settings.endpoint_url) return services[0];
  const std::string_view name = s3::recognise_endpoint(*settings.endpoint_url).service;
  const auto known = std::find_if(services.begin(), services.end(),
                                  [&](const Service& service) { return service.name == name; });
  return known != services.end() ? *known : services[3];
}

Error nobody_answers() {
  return {ErrorKind::usage, "the input ended before the questions did",
          "give the answers as flags: start-claude s3-setup --help"};
}

class Wizard {
 public:
  Wizard(Host& host, ui::Console& console, const SetupOptions& flags,
         const std::optional<config::S3Settings>& earlier, Asking asking)
      : host_(host),
        console_(console),
        prompt_(console),
        flags_(flags),
        earlier_(earlier),
        settings_(earlier.value_or(config::S3Settings{})),
        asks_(asking == Asking::yes) {}

  Result<config::S3Settings> run() {
    using Step = Result<base::Done> (Wizard::*)();
    for (const Step step :
         {&Wizard::choose_service, &Wizard::choose_credentials_source, &Wizard::choose_bucket,
          &Wizard::choose_region, &Wizard::choose_key_id, &Wizard::choose_secret,
          &Wizard::choose_endpoint, &Wizard::choose_key}) {
      auto done = (this->*step)();
      if (!done) return std::move(done).error();
    }
    if (flags_.ca_file) settings_.ca_file = path_to_keep(*flags_.ca_file, host_.environment);
    if (flags_.addressing) settings_.addressing = flags_.addressing;
    if (flags_.sse) {
      settings_.server_side_encryption = *flags_.sse == "none" ? std::nullopt : flags_.sse;
    }
    if (flags_.read_only) settings_.read_only = *flags_.read_only ? flags_.read_only : std::nullopt;
    return std::move(settings_);
  }

 private:
  struct Field {
    std::string label;
    std::string flag_name;
    const std::optional<std::string>& flag;
    std::string suggested;
    bool required = true;
  };

  /// The flag's value, else the person's, else (when nobody is asked) the suggestion.
  Result<std::string> value_of(const Field& field) {
    if (field.flag) return std::string(base::trim(*field.flag));
    if (!asks_) {
      if (!field.suggested.empty()) return field.suggested;
      return Error{ErrorKind::usage, field.flag_name + " is needed",
                   "start-claude s3-setup --help names every flag"};
    }
    auto answer = prompt_.line(
        {.label = field.label, .suggested = field.suggested, .required = field.required});
    if (!answer) return nobody_answers();
    return *std::move(answer);
  }

  Result<base::Done> choose_service() {
    if (flags_.service) {
      for (const Service& service : services) {
        if (service.flag == *flags_.service) service_ = &service;
      }
      return base::Done{};
    }
    const Service& suggested =
        flags_.endpoint && !earlier_ ? services[3] : service_of_settings(settings_);
    service_ = &suggested;
    const bool told_by_flags = flags_.endpoint.has_value();
    if (!asks_ || told_by_flags) return base::Done{};
    console_.explain("Storage service");
    console_.explain(
        "  1) Amazon S3   2) Cloudflare R2   3) Backblaze B2   4) Other S3-compatible service");
    const auto index = static_cast<std::size_t>(&suggested - services.data());
    const auto chosen = prompt_.choose("Choose", {"1", "2", "3", "4"}, std::to_string(index + 1));
    if (!chosen) return nobody_answers();
    service_ = &services[*chosen];
    return base::Done{};
  }

  Result<base::Done> choose_credentials_source() {
    if (!flags_.credentials) return base::Done{};
    const std::string& from = *flags_.credentials;
    if (from == "stored") {
      settings_.credentials_from = config::CredentialsFrom::stored;
    } else if (from == "env") {
      settings_.credentials_from = config::CredentialsFrom::environment;
    } else if (from.starts_with("profile:") && from.size() > 8) {
      settings_.credentials_from = config::CredentialsFrom::profile;
      settings_.profile = from.substr(8);
    } else {
      return Error{ErrorKind::usage, "--credentials takes stored, env or profile:NAME"};
    }
    if (settings_.credentials_from != config::CredentialsFrom::stored) {
      settings_.access_key_id.clear();
      settings_.secret_access_key = {};
      settings_.session_token.reset();
    }
    return base::Done{};
  }

  Result<base::Done> choose_bucket() {
    auto bucket = value_of({"Bucket name", "--bucket", flags_.bucket, settings_.bucket});
    if (!bucket) return std::move(bucket).error();
    settings_.bucket = *std::move(bucket);
    return base::Done{};
  }

  bool same_service_as_before() const {
    return earlier_ && service_ == &service_of_settings(*earlier_);
  }

  /// The endpoint, as far as it is known before it is asked for.
  std::string known_endpoint() const {
    if (flags_.endpoint) return *flags_.endpoint;
    if (same_service_as_before() && earlier_->endpoint_url) return *earlier_->endpoint_url;
    return elsewhere().endpoint.value_or("");
  }

  std::string suggested_region() const {
    const bool is_edited = same_service_as_before() && !settings_.region.empty();
    const bool moves = flags_.endpoint && flags_.endpoint != settings_.endpoint_url;
    if (is_edited && !moves) return settings_.region;
    const std::string of_endpoint = s3::recognise_endpoint(known_endpoint()).region;
    if (!of_endpoint.empty()) return of_endpoint;
    return elsewhere().region.value_or(std::string(service_->default_region));
  }

  Result<base::Done> choose_region() {
    const std::string suggested = suggested_region();
    // Where the endpoint names no region, whatever the server says will do.
    if (!asks_ && suggested.empty() && flags_.endpoint) {
      settings_.region = flags_.region.value_or("");
      return base::Done{};
    }
    auto region =
        value_of({std::string(service_->region_label), "--region", flags_.region, suggested});
    if (!region) return std::move(region).error();
    settings_.region = *std::move(region);
    region_is_suggestion_ = !flags_.region && settings_.region == suggested;
    return base::Done{};
  }

  /// Enter at the region means "whatever is right", and the endpoint, asked for later, may know.
  void take_region_of_endpoint() {
    const bool is_same =
        same_service_as_before() && settings_.endpoint_url == earlier_->endpoint_url;
    if (is_same && !settings_.region.empty()) return;
    const auto [service, region] = s3::recognise_endpoint(*settings_.endpoint_url);
    if (!region_is_suggestion_ || region.empty() || region == settings_.region) return;
    settings_.region = region;
    console_.explain("Region " + region + ", as this endpoint of " + std::string(service) +
                     " says.");
  }

  bool credentials_are_stored() const {
    return settings_.credentials_from == config::CredentialsFrom::stored;
  }

  struct Elsewhere {
    std::optional<std::string> region = {};
    std::optional<std::string> endpoint = {};
  };

  /// What AWS_REGION, AWS_ENDPOINT_URL and their like, and a profile named by --credentials,
  /// suggest; the connection test says if the profile cannot be read.
  Elsewhere elsewhere() const {
    Elsewhere found{.region = s3::region_from(host_.environment)};
    SettingsProfile of_settings;
    if (settings_.credentials_from == config::CredentialsFrom::profile) {
      if (auto read = profile_of(settings_, host_)) of_settings = *std::move(read);
    }
    const s3::Profile* profile = of_settings.profile();
    found.endpoint = s3::configured_endpoint(host_.environment, of_settings.profiles, profile,
                                             s3::AwsService::s3);
    if (!found.region && profile != nullptr) found.region = profile->value("region");
    return found;
  }

  Result<base::Done> choose_key_id() {
    if (!credentials_are_stored()) return base::Done{};
    const bool is_given = flags_.access_key_id || flags_.secret_access_key_file ||
                          flags_.credentials || !settings_.access_key_id.empty();
    const auto at_hand =
        is_given ? std::nullopt : s3::credentials_at_hand(host_.files, host_.environment);
    // Settings without a key said so when they were made.
    const bool had_none = earlier_.has_value();
    if (!asks_ && !is_given && (at_hand || had_none)) return base::Done{};
    if (at_hand) {
      console_.explain("Enter alone uses the AWS credentials of this machine (" + *at_hand + ").");
    }
    auto key_id = value_of({std::string(service_->key_id_label), "--access-key-id",
                            flags_.access_key_id, settings_.access_key_id, !at_hand});
    if (!key_id) return std::move(key_id).error();
    // A new key id with the old secret is never right; temporary credentials come as three.
    if (*key_id != settings_.access_key_id) {
      settings_.secret_access_key = {};
      settings_.session_token.reset();
    }
    settings_.access_key_id = *std::move(key_id);
    return base::Done{};
  }

  Result<base::Done> choose_secret() {
    if (!credentials_are_stored() || settings_.access_key_id.empty()) return base::Done{};
    if (flags_.secret_access_key_file) return read_secret_file(*flags_.secret_access_key_file);
    const bool keep = !settings_.secret_access_key.empty();
    if (!asks_) {
      if (keep) return base::Done{};
      return Error{ErrorKind::usage, "--secret-access-key-file is needed",
                   "put the secret into a file only you can read, or pipe it in with -"};
    }
    auto secret = prompt_.secret(service_->secret_label, keep);
    if (!secret) return nobody_answers();
    if (!secret->empty()) settings_.secret_access_key = *std::move(secret);
    return base::Done{};
  }

  Result<base::Done> read_secret_file(const std::string& path) {
    std::string text;
    if (path == "-") {
      text = host_.terminal.read_all();
    } else {
      auto read = host_.files.read(path);
      if (const auto* failure = std::get_if<platform::FileFailure>(&read)) {
        return platform::disk_error("read", path, *failure);
      }
      text = std::get<platform::FileContent>(std::move(read)).bytes;
    }
    settings_.secret_access_key = Secret(std::string(base::trim(text)));
    if (!settings_.secret_access_key.empty()) return base::Done{};
    return Error{ErrorKind::usage, "the secret access key in " +
                                       (path == "-" ? std::string("stdin") : path) + " is empty"};
  }

  Result<base::Done> choose_endpoint() {
    if (service_->endpoint_label.empty() && !flags_.endpoint) {
      settings_.endpoint_url.reset();
      return base::Done{};
    }
    std::string suggested;
    if (same_service_as_before()) suggested = settings_.endpoint_url.value_or("");
    if (suggested.empty()) suggested = elsewhere().endpoint.value_or("");
    if (!service_->default_endpoint.empty() &&
        (suggested.empty() || (earlier_ && settings_.region != earlier_->region))) {
      suggested =
          base::replace_all(std::string(service_->default_endpoint), "REGION", settings_.region);
    }
    std::string label(service_->endpoint_label);
    auto endpoint = value_of({label, "--endpoint", flags_.endpoint, suggested});
    if (!endpoint) return std::move(endpoint).error();
    settings_.endpoint_url = *std::move(endpoint);
    take_region_of_endpoint();
    return base::Done{};
  }

  Result<base::Done> choose_key() {
    std::string suggested = earlier_ ? settings_.key : std::string(default_key);
    auto key = value_of({"File path in bucket", "--key", flags_.key, suggested});
    if (!key) return std::move(key).error();
    if (key->starts_with('/')) key->erase(0, 1);
    settings_.key = *std::move(key);
    return base::Done{};
  }

  Host& host_;
  ui::Console& console_;
  ui::Prompt prompt_;
  const SetupOptions& flags_;
  const std::optional<config::S3Settings>& earlier_;
  config::S3Settings settings_;
  bool asks_;
  const Service* service_ = services.data();
  bool region_is_suggestion_ = false;  ///< nobody typed it
};

}  // namespace

std::string path_to_keep(const std::string& typed, const platform::Environment& environment) {
  const std::string path = s3::expand_home(typed, environment);
  if (path.empty() || path.starts_with('/')) return path;
  const std::string folder = environment.current_folder();
  return folder.empty() ? path : platform::join_path(folder, path);
}

Result<config::S3Settings> gather_settings(Host& host, ui::Console& console, const Options& options,
                                           const std::optional<config::S3Settings>& earlier,
                                           Asking asking) {
  return Wizard(host, console, options.setup, earlier, asking).run();
}

}  // namespace start_claude::cli
