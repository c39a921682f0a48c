// The profiles that ~/.aws/config and ~/.aws/credentials describe together.
//
// Follows "Shared config and credentials files" of the AWS SDKs and Tools Reference Guide: config
// has [profile NAME] and [default], credentials has [NAME]; where both say something, credentials
// counts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/environment.h"
#include "platform/filesystem.h"
#include "s3/endpoint.h"
#include "s3/ini_file.h"

namespace start_claude::s3 {

using Properties = std::vector<IniProperty>;

/// The services of Amazon, or whose like, that this program talks to.
enum class AwsService { s3, sts };

struct Profile {
  std::string name;
  Properties config;
  Properties credentials;

  /// The value of a property, whichever file has it.
  std::optional<std::string> value(std::string_view property) const;
  /// The same for what is indented below `s3 =`.
  std::optional<std::string> s3_value(std::string_view property) const;
};

/// Where the two files are, as a person would name them; empty if there is no place for one.
struct ProfilePlaces {
  std::string config;
  std::string credentials;
};

/// What is in the two files.
struct ProfileSections {
  std::vector<IniSection> config;
  std::vector<IniSection> credentials;
};

class Profiles {
 public:
  Profiles() = default;
  Profiles(ProfileSections sections, ProfilePlaces places);

  const Profile* find(std::string_view name) const;
  const ProfilePlaces& places() const { return places_; }
  /// "~/.aws/config and ~/.aws/credentials"
  std::string both_places() const;
  /// Where a service is, as the profile says: the endpoint_url of that service in the profile's
  /// `services` section, else below the service's name in the profile (which is how a plugin of the
  /// AWS CLI has it), else the profile's own; nothing if it ignores all three.
  std::optional<std::string> endpoint_url(const Profile& profile, AwsService service) const;

 private:
  std::map<std::string, Profile, std::less<>> profiles_;
  std::map<std::string, Properties, std::less<>> services_;
  ProfilePlaces places_;
};

/// From AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else from ~/.aws. A file that is not there
/// has no profiles; one that cannot be read, or is not such a file, is an error that names it.
Result<Profiles> read_profiles(const platform::FileSystem& files,
                               const platform::Environment& environment);

/// AWS_PROFILE (or AWS_DEFAULT_PROFILE); nothing if nobody chose one, which means "default".
std::optional<std::string> chosen_profile(const platform::Environment& environment);

/// AWS_REGION, else AWS_DEFAULT_REGION.
std::optional<std::string> region_from(const platform::Environment& environment);

/// Which of Amazon's hosts are wanted: AWS_USE_DUALSTACK_ENDPOINT and AWS_USE_FIPS_ENDPOINT, else
/// use_dualstack_endpoint and use_fips_endpoint of the profile (null for none).
HostVariant host_variant(const platform::Environment& environment, const Profile* profile);

/// A path in a setting of AWS tools; "~/" is the home folder.
std::string expand_home(std::string path, const platform::Environment& environment);

/// Where a service is: AWS_ENDPOINT_URL_S3 and the like, else AWS_ENDPOINT_URL, else
/// what the profile says (null for none). Nothing with AWS_IGNORE_CONFIGURED_ENDPOINT_URLS.
std::optional<std::string> configured_endpoint(const platform::Environment& environment,
                                               const Profiles& profiles, const Profile* profile,
                                               AwsService service);

}  // namespace start_claude::s3
