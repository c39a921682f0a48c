#include "cli/settings_credentials.h"

#include <utility>

#include "base/secret.h"
#include "cli/recording.h"
#include "s3/credentials_chain.h"

namespace start_claude::cli {
namespace {

s3::CredentialsChoice choice_of(const config::S3Settings& settings,
                                std::optional<std::string> store_region) {
  s3::CredentialsChoice choice{.fallback_region = std::move(store_region)};
  switch (settings.credentials_from) {
    case config::CredentialsFrom::stored: break;
    case config::CredentialsFrom::environment:
      choice.scope = s3::CredentialsScope::environment;
      break;
    case config::CredentialsFrom::profile:
      choice.scope = s3::CredentialsScope::profile;
      choice.profile = settings.profile;
      break;
  }
  return choice;
}

std::string configured_source(const config::S3Settings& settings) {
  switch (settings.credentials_from) {
    case config::CredentialsFrom::stored: return "this machine's AWS credentials";
    case config::CredentialsFrom::environment: return "AWS_ACCESS_KEY_ID";
    case config::CredentialsFrom::profile: return "profile " + settings.profile;
  }
  return {};
}

s3::Credentials stored_key(const config::S3Settings& settings, std::string source) {
  return {.access_key_id = settings.access_key_id,
          .secret_access_key = settings.secret_access_key,
          .session_token = settings.session_token,
          .source = std::move(source)};
}

void note_fetched(const Host& host, const Notices& notices, const s3::Credentials& credentials) {
  if (host.recording != nullptr) host.recording->hide(credentials);
  const CredentialsDescription description{base::mask_key_id(credentials.access_key_id),
                                           credentials.source, credentials.expires};
  notices.trace("credentials: " + description.text(host.clock));
}

}  // namespace

std::string CredentialsDescription::text(const platform::Clock& clock) const {
  if (source.empty()) return "none";
  std::string text = key_id.empty() ? source + " (not looked up)" : key_id + ", from " + source;
  if (expires) text += ", until " + base::format_local(*expires, clock.utc_offset(*expires));
  return text;
}

/// Most sources need no connection, and making one takes its time.
class SettingsCredentials::LazyTransport final : public http::Transport {
 public:
  LazyTransport(Host& host, http::CurlOptions options)
      : host_(host), options_(std::move(options)) {}

  http::Reply send(const http::Request& request, const http::Limits& limits) override {
    if (used_ == nullptr) connect();
    return used_->send(request, limits);
  }

 private:
  void connect() {
    owned_ = host_.make_transport(options_);
    used_ = owned_.get();
    if (host_.recording != nullptr) used_ = &host_.recording->wrap_credentials(std::move(owned_));
  }

  Host& host_;
  http::CurlOptions options_;
  std::unique_ptr<http::Transport> owned_;  ///< null if a recording owns it
  http::Transport* used_ = nullptr;
};

SettingsCredentials::SettingsCredentials(Host& host, const Notices& notices,
                                         const config::S3Settings& settings, Context context)
    : configured_source_(configured_source(settings)),
      is_at_hand_(has_stored_key(settings) ||
                  settings.credentials_from == config::CredentialsFrom::environment) {
  if (has_stored_key(settings)) {
    auto key = stored_key(settings, std::move(context.settings_source));
    if (host.recording != nullptr) host.recording->hide(key);
    provider_ = std::make_unique<s3::FixedCredentials>(std::move(key));
    return;
  }
  const http::CurlOptions without_proxy{.ca_file = context.transport.ca_file,
                                        .extra_ca_file = context.transport.extra_ca_file};
  transport_ = std::make_unique<LazyTransport>(host, std::move(context.transport));
  direct_ = std::make_unique<LazyTransport>(host, without_proxy);
  const s3::CredentialsParts parts{.clock = host.clock,
                                   .files = host.files,
                                   .random = host.random,
                                   .environment = host.environment,
                                   .programs = host.programs,
                                   .transport = *transport_,
                                   .direct = *direct_,
                                   .warn = notices.warn,
                                   .report = traced_attempts(notices)};
  provider_ = s3::make_credentials(
      parts, choice_of(settings, std::move(context.store_region)),
      [&host, notices](const s3::Credentials& fetched) { note_fetched(host, notices, fetched); });
}

SettingsCredentials::~SettingsCredentials() = default;

CredentialsDescription SettingsCredentials::describe(Lookup lookup) {
  if (lookup == Lookup::not_allowed && !is_at_hand_) return {.source = configured_source_};
  const auto credentials = provider_->credentials();
  if (!credentials) return {};
  return {base::mask_key_id(credentials->access_key_id), credentials->source, credentials->expires};
}

bool has_stored_key(const config::S3Settings& settings) {
  return settings.credentials_from == config::CredentialsFrom::stored &&
         !settings.access_key_id.empty();
}

Result<SettingsProfile> profile_of(const config::S3Settings& settings, const Host& host) {
  const bool is_named = settings.credentials_from == config::CredentialsFrom::profile;
  const bool has_none = settings.credentials_from == config::CredentialsFrom::environment;
  if (has_none || has_stored_key(settings)) return SettingsProfile{};
  auto profiles = s3::read_profiles(host.files, host.environment);
  if (!profiles) return std::move(profiles).error();
  return SettingsProfile{
      *std::move(profiles),
      is_named ? settings.profile : s3::chosen_profile(host.environment).value_or("default")};
}

}  // namespace start_claude::cli
