#include "cli/connection.h"

#include <utility>

#include "base/secret.h"
#include "base/text.h"
#include "cli/configuration.h"
#include "cli/machine_network.h"
#include "cli/recording.h"
#include "s3/key_text.h"
#include "s3/profiles.h"
#include "ui/progress_bar.h"

namespace start_claude::cli {
namespace {

/// The roots of the settings, else of AWS_CA_BUNDLE, else of the profile that completes the
/// settings, else of the other variables.
http::CurlOptions transport_options(const config::S3Settings& settings, const s3::Profile* profile,
                                    const platform::Environment& environment) {
  http::CurlOptions options = machine_network(environment);
  if (settings.ca_file) options.ca_file = settings.ca_file;
  const bool is_chosen = settings.ca_file || environment.variable("AWS_CA_BUNDLE");
  if (is_chosen || profile == nullptr) return options;
  auto bundle = profile->value("ca_bundle");
  if (bundle) options.ca_file = s3::expand_home(*std::move(bundle), environment);
  return options;
}

/// Beside the state of this configuration; none if nobody knows where that is.
std::shared_ptr<http::TlsSessionFile> tls_sessions(Host& host, const Options& options) {
  const auto paths = find_paths(options, host);
  if (!paths) return nullptr;
  return std::make_shared<http::TlsSessionFile>(host.files, host.random,
                                                platform::join_path(paths->folder, "tls-sessions"));
}

std::string line_of(const s3::AttemptReport& report) {
  std::string line = report.method + " " + report.host + report.path;
  line += "  " + (report.status != 0 ? std::to_string(report.status) : report.failure);
  if (!report.request_id.empty()) line += "  " + base::printable(report.request_id);
  line += "  " + std::to_string(report.took.count()) + " ms";
  if (report.attempt > 1) line += "  attempt " + std::to_string(report.attempt);
  if (!report.signature.empty()) line += "\n  " + report.signature;
  return line;
}

class ShownProgress final : public http::ProgressObserver {
 public:
  ShownProgress(ui::Console& console, const platform::Clock& clock) : bar_(console, clock) {}
  void moved(const http::Progress& so_far) override {
    bar_.show({so_far.sent, so_far.to_send, so_far.received, so_far.to_receive});
  }
  void ended() override { bar_.end(); }

 private:
  ui::ProgressBar bar_;
};

Result<s3::Endpoint> endpoint_with(const config::S3Settings& settings, const SettingsProfile& found,
                                   const platform::Environment& environment) {
  const s3::Profile* profile = found.profile();
  s3::EndpointOptions options{.url = settings.endpoint_url, .region = settings.region};
  if (!options.url) {
    options.url = s3::configured_endpoint(environment, found.profiles, profile, s3::AwsService::s3);
  }
  if (options.region.empty()) {
    auto region = s3::region_from(environment);
    if (!region && profile != nullptr) region = profile->value("region");
    options.region = region.value_or("");
  }
  options.variant = s3::host_variant(environment, profile);
  auto addressing = settings.addressing;
  if (!addressing && profile != nullptr) addressing = profile->s3_value("addressing_style");
  if (addressing == "path") options.addressing = s3::Addressing::path_style;
  if (addressing == "virtual") options.addressing = s3::Addressing::virtual_hosted;
  return s3::resolve_endpoint(options, settings.bucket);
}

}  // namespace

Result<s3::Endpoint> endpoint_of(const config::S3Settings& settings, const Host& host) {
  auto found = profile_of(settings, host);
  if (!found) return std::move(found).error();
  return endpoint_with(settings, *found, host.environment);
}

sync::RemoteName remote_name_of(const s3::Endpoint& endpoint, const config::S3Settings& settings) {
  std::string place = endpoint.base.authority();
  if (endpoint.base.path != "/") place += endpoint.base.path;
  return {.endpoint = place, .bucket = settings.bucket, .key = settings.key};
}

Notices notices_to(ui::Console& console, const platform::Clock& clock) {
  return {.warn = [&console](const std::string& message) { console.warn(message); },
          .trace = [&console](const std::string& line) { console.trace(line); },
          .progress = std::make_shared<ShownProgress>(console, clock)};
}

s3::AttemptObserver traced_attempts(const Notices& notices) {
  return [trace = notices.trace](const s3::AttemptReport& report) { trace(line_of(report)); };
}

Connection::Connection(Host& host, Notices notices, const Options& options,
                       const config::S3Settings& settings, const sync::StoreTraits& traits,
                       std::string settings_source)
    : location_{settings.bucket, settings.key}, settings_source_(std::move(settings_source)) {
  problem_ = build(host, notices, options, settings, traits);
}

std::string Connection::signer() {
  const auto credentials = credentials_->provider().credentials();
  if (!credentials) return {};
  // A role has another key id each hour.
  return credentials->session_token ? credentials->source : credentials->access_key_id;
}

std::optional<Error> Connection::build(Host& host, const Notices& notices, const Options& options,
                                       const config::S3Settings& settings,
                                       const sync::StoreTraits& traits) {
  auto profile = profile_of(settings, host);
  if (!profile) return std::move(profile).error();
  auto endpoint = endpoint_with(settings, *profile, host.environment);
  if (!endpoint) return std::move(endpoint).error();
  endpoint_ = *std::move(endpoint);
  if (auto checked = s3::check_bucket_in_use(settings.bucket, endpoint_.is_amazon); !checked) {
    return std::move(checked).error();
  }
  if (auto checked = s3::check_object_key(settings.key); !checked) {
    return std::move(checked).error();
  }
  auto key = s3::check_key_texts(
      {{"the access key id in " + settings_source_, settings.access_key_id},
       {"the secret access key in " + settings_source_, settings.secret_access_key.reveal()}});
  if (!key) return std::move(key).error();
  if (endpoint_.base.scheme == "http" && !http::is_loopback(endpoint_.base)) {
    notices.warn("plain http to " + endpoint_.base.authority() +
                 ": API keys can be read on the network");
  }
  const bool is_learnt = traits.region && traits.region->instead_of == endpoint_.region;
  const std::string learnt_region = is_learnt ? traits.region->region : std::string();
  const s3::Endpoint in_region = s3::endpoint_in_region(endpoint_, learnt_region);
  transport_options_ = transport_options(settings, profile->profile(), host.environment);
  credentials_ = std::make_unique<SettingsCredentials>(
      host, notices, settings,
      SettingsCredentials::Context{
          .settings_source = settings_source_,
          .transport = transport_options_,
          .store_region = in_region.is_amazon ? std::optional(in_region.region) : std::nullopt});
  if (endpoint_.base.scheme == "https") transport_options_.sessions = tls_sessions(host, options);
  transport_options_.progress = notices.progress;
  transport_ = host.make_transport(transport_options_);
  http::Transport* transport = transport_.get();
  if (host.recording != nullptr) transport = &host.recording->wrap(std::move(transport_));
  store_ = std::make_unique<s3::S3ObjectStore>(
      *transport, host.clock, host.random, credentials_->provider(), endpoint_,
      s3::StoreOptions{.deadline = options.timeout,
                       .etag_unquoted = traits.etag_unquoted,
                       .refuses_conditional_get = traits.refuses_conditional_get,
                       .learnt_region = learnt_region,
                       .server_side_encryption = settings.server_side_encryption.value_or(""),
                       .user_agent = base::replace_all(version_text(), " ", "/"),
                       .report = traced_attempts(notices),
                       .warn = notices.warn});
  return std::nullopt;
}

}  // namespace start_claude::cli
