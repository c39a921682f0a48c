#include "s3/credentials_chain.h"

#include <utility>

#include "base/text.h"
#include "s3/credentials_container.h"
#include "s3/credentials_env.h"
#include "s3/credentials_instance.h"
#include "s3/credentials_profile.h"
#include "s3/credentials_web_identity.h"

namespace start_claude::s3 {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes fetched_before_expiry{5};
/// Some services hand out the same ones until the last moment.
constexpr std::chrono::seconds fetched_again_after{30};
constexpr std::chrono::seconds problem_remembered{5};

bool same_keys(const Credentials& a, const Credentials& b) {
  return a.access_key_id == b.access_key_id && a.secret_access_key == b.secret_access_key &&
         a.session_token == b.session_token;
}

std::unique_ptr<CredentialsSource> profile_source(const CredentialsParts& parts,
                                                  ProfileChoice choice) {
  auto of_machine = [parts](MachineSource source) -> Result<Sourced> {
    switch (source) {
      case MachineSource::environment: return EnvironmentCredentials(parts.environment).fetch();
      case MachineSource::container: return ContainerCredentials(parts).fetch();
      case MachineSource::instance: return InstanceCredentials(parts).fetch();
    }
    return Sourced{PassedOver{}};
  };
  return std::make_unique<ProfileCredentials>(parts, std::move(choice), std::move(of_machine));
}

}  // namespace

ChainedCredentials::ChainedCredentials(platform::Clock& clock, Sources sources,
                                       ChainOptions options)
    : clock_(clock), sources_(std::move(sources)), options_(std::move(options)) {}

bool ChainedCredentials::is_due() const {
  if (!current_) return true;
  if (!current_->expires || *current_->expires - clock_.now() > fetched_before_expiry) return false;
  return clock_.monotonic() - asked_at_ >= fetched_again_after;
}

Result<Credentials> ChainedCredentials::credentials() {
  if (!is_due()) return *current_;
  if (problem_ && clock_.monotonic() - asked_at_ < problem_remembered) return *problem_;
  auto fetched = fetch();
  if (fetched) {
    current_ = *fetched;
  } else if (current_ && *current_->expires > clock_.now()) {
    return *current_;
  }
  return fetched;
}

Result<Credentials> ChainedCredentials::fetch() {
  std::vector<std::string> looked;
  problem_.reset();
  for (auto source = sources_.begin(); source != sources_.end(); ++source) {
    auto found = (*source)->fetch();
    asked_at_ = clock_.monotonic();
    if (!found) {
      problem_ = std::move(found).error();
      return *problem_;
    }
    if (auto* credentials = std::get_if<Credentials>(&*found)) {
      if (sources_.size() > 1) {
        auto answering = std::move(*source);
        sources_.clear();
        sources_.push_back(std::move(answering));
      }
      if (options_.fetched) options_.fetched(*credentials);
      return std::move(*credentials);
    }
    looked.push_back(std::get<PassedOver>(*std::move(found)).why);
  }
  problem_ = Error{ErrorKind::not_configured,
                   options_.nothing_found + ": " + base::join(looked, "; "), options_.hint};
  return *problem_;
}

bool ChainedCredentials::refresh() {
  auto fetched = fetch();
  if (!fetched) return false;
  const bool differs = !current_ || !same_keys(*current_, *fetched);
  current_ = *std::move(fetched);
  return differs;
}

std::unique_ptr<CredentialsProvider> make_credentials(
    const CredentialsParts& parts, const CredentialsChoice& choice,
    std::function<void(const Credentials&)> fetched) {
  ChainOptions options{.hint =
                           "store a key with s3-setup, set AWS_ACCESS_KEY_ID and "
                           "AWS_SECRET_ACCESS_KEY, or name a profile: s3-setup --credentials "
                           "profile:NAME",
                       .fetched = std::move(fetched)};
  ChainedCredentials::Sources sources;
  switch (choice.scope) {
    case CredentialsScope::environment:
      options.nothing_found = "no S3 credentials in the environment";
      sources.push_back(std::make_unique<EnvironmentCredentials>(parts.environment));
      break;
    case CredentialsScope::profile:
      sources.push_back(profile_source(parts, {choice.profile, choice.fallback_region}));
      break;
    case CredentialsScope::all:
      sources.push_back(std::make_unique<EnvironmentCredentials>(parts.environment));
      sources.push_back(profile_source(parts, {std::nullopt, choice.fallback_region}));
      sources.push_back(std::make_unique<WebIdentityCredentials>(parts, choice.fallback_region));
      sources.push_back(std::make_unique<ContainerCredentials>(parts));
      sources.push_back(std::make_unique<InstanceCredentials>(parts));
      break;
  }
  return std::make_unique<ChainedCredentials>(parts.clock, std::move(sources), std::move(options));
}

}  // namespace start_claude::s3
