#include "s3/profiles.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view default_name = "default";

struct ServiceNames {
  std::string_view variable;
  std::string_view section;
};

ServiceNames names_of(AwsService service) {
  switch (service) {
    case AwsService::s3: return {"AWS_ENDPOINT_URL_S3", "s3"};
    case AwsService::sts: return {"AWS_ENDPOINT_URL_STS", "sts"};
  }
  return {};
}

bool is_true(const std::optional<std::string>& value) {
  return value && base::equal_ignoring_case(base::trim(*value), "true");
}

void append(Properties& properties, Properties more) {
  std::move(more.begin(), more.end(), std::back_inserter(properties));
}

/// [default] counts only where there is no [profile default].
bool is_overridden_default(const IniSection& section, const std::vector<IniSection>& all) {
  if (!section.kind.empty()) return false;
  return std::any_of(all.begin(), all.end(), [](const IniSection& each) {
    return each.kind == "profile" && each.name == default_name;
  });
}

/// A path and how a person would call it.
struct Place {
  std::string path;
  std::string shown;
};

/// Neither, where there is no home to look in.
Place place_of(const platform::Environment& environment, std::string_view variable,
               std::string_view name) {
  if (const auto given = environment.variable(variable)) {
    return {expand_home(*given, environment), *given};
  }
  const auto home = environment.variable("HOME");
  if (!home) return {};
  const std::string below_home = ".aws/" + std::string(name);
  return {platform::join_path(*home, below_home), "~/" + below_home};
}

/// Files that no line of can be mended.
struct Encoding {
  std::string_view name;
  bool (*matches)(std::string_view bytes);
};

constexpr std::array encodings{
    Encoding{"is written in UTF-16, which no AWS tool reads",
             [](std::string_view bytes) {
               return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") ||
                      bytes.substr(0, 4).find('\0') != std::string_view::npos;
             }},
    Encoding{"has zero bytes in it and is no text",
             [](std::string_view bytes) { return bytes.find('\0') != std::string_view::npos; }},
    Encoding{"ends its lines with CR alone", [](std::string_view bytes) {
               return bytes.find('\r') != std::string_view::npos &&
                      bytes.find('\n') == std::string_view::npos &&
                      base::trim(bytes).find('\r') != std::string_view::npos;
             }}};

Result<base::Done> check_encoding(std::string_view bytes, const Place& place) {
  for (const Encoding& encoding : encodings) {
    if (!encoding.matches(bytes)) continue;
    return Error{ErrorKind::not_configured, place.shown + ' ' + std::string(encoding.name),
                 "save it as plain text in UTF-8"};
  }
  return base::Done{};
}

Result<std::vector<IniSection>> read_sections(const platform::FileSystem& files,
                                              const Place& place) {
  // What scripts set the variables to so that nothing is read.
  if (place.path.empty() || place.path == "/dev/null") return std::vector<IniSection>{};
  auto read = files.read(place.path);
  if (const auto* failure = std::get_if<platform::FileFailure>(&read)) {
    if (failure->kind == platform::FileFailureKind::no_such_file) {
      return std::vector<IniSection>{};
    }
    return platform::disk_error("read", place.shown, *failure);
  }
  const std::string& bytes = std::get<platform::FileContent>(read).bytes;
  if (auto checked = check_encoding(bytes, place); !checked) return std::move(checked).error();
  auto sections = parse_ini(bytes);
  if (sections) return sections;
  return Error{sections.error().kind, place.shown + ": " + sections.error().message,
               "mend that line; each is [NAME], NAME = VALUE, or a comment behind #"};
}

}  // namespace

std::optional<std::string> Profile::value(std::string_view property) const {
  if (auto found = find_value(credentials, property)) return found;
  return find_value(config, property);
}

std::optional<std::string> Profile::s3_value(std::string_view property) const {
  for (const Properties* file : {&credentials, &config}) {
    const Properties* nested = find_nested(*file, "s3");
    auto found = nested != nullptr ? find_value(*nested, property) : std::nullopt;
    if (found) return found;
  }
  return std::nullopt;
}

Profiles::Profiles(ProfileSections sections, ProfilePlaces places) : places_(std::move(places)) {
  const auto profile = [&](const std::string& name) -> Profile& {
    Profile& found = profiles_[name];
    found.name = name;
    return found;
  };
  for (IniSection& section : sections.config) {
    const bool is_default = section.kind.empty() && section.name == default_name &&
                            !is_overridden_default(section, sections.config);
    if (section.kind == "services") {
      append(services_[section.name], std::move(section.properties));
    } else if (section.kind == "profile" || is_default) {
      append(profile(section.name).config, std::move(section.properties));
    }
  }
  for (IniSection& section : sections.credentials) {
    if (!section.kind.empty()) continue;
    append(profile(section.name).credentials, std::move(section.properties));
  }
}

const Profile* Profiles::find(std::string_view name) const {
  const auto found = profiles_.find(name);
  return found != profiles_.end() ? &found->second : nullptr;
}

std::string Profiles::both_places() const {
  return places_.config.empty() ? places_.credentials
                                : places_.config + " and " + places_.credentials;
}

std::optional<std::string> Profiles::endpoint_url(const Profile& profile,
                                                  AwsService service) const {
  if (is_true(profile.value("ignore_configured_endpoint_urls"))) return std::nullopt;
  if (const auto name = profile.value("services")) {
    const auto services = services_.find(*name);
    const Properties* nested = services != services_.end()
                                   ? find_nested(services->second, names_of(service).section)
                                   : nullptr;
    auto url = nested != nullptr ? find_value(*nested, "endpoint_url") : std::nullopt;
    if (url) return url;
  }
  if (service == AwsService::s3) {
    if (auto url = profile.s3_value("endpoint_url")) return url;
  }
  return profile.value("endpoint_url");
}

Result<Profiles> read_profiles(const platform::FileSystem& files,
                               const platform::Environment& environment) {
  const Place config = place_of(environment, "AWS_CONFIG_FILE", "config");
  const Place credentials = place_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  auto in_config = read_sections(files, config);
  if (!in_config) return std::move(in_config).error();
  auto in_credentials = read_sections(files, credentials);
  if (!in_credentials) return std::move(in_credentials).error();
  return Profiles({*std::move(in_config), *std::move(in_credentials)},
                  {config.shown, credentials.shown});
}

std::optional<std::string> chosen_profile(const platform::Environment& environment) {
  if (auto name = environment.variable("AWS_PROFILE")) return name;
  return environment.variable("AWS_DEFAULT_PROFILE");
}

std::optional<std::string> region_from(const platform::Environment& environment) {
  if (auto region = environment.variable("AWS_REGION")) return region;
  return environment.variable("AWS_DEFAULT_REGION");
}

HostVariant host_variant(const platform::Environment& environment, const Profile* profile) {
  const auto wants = [&](std::string_view variable, std::string_view property) {
    if (const auto given = environment.variable(variable)) return is_true(given);
    if (profile == nullptr) return false;
    return is_true(profile->value(property)) || is_true(profile->s3_value(property));
  };
  return {.dualstack = wants("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
          .fips = wants("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")};
}

std::string expand_home(std::string path, const platform::Environment& environment) {
  const auto home = environment.variable("HOME");
  if (home && (path == "~" || path.starts_with("~/"))) path.replace(0, 1, *home);
  return path;
}

std::optional<std::string> configured_endpoint(const platform::Environment& environment,
                                               const Profiles& profiles, const Profile* profile,
                                               AwsService service) {
  if (is_true(environment.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) return std::nullopt;
  if (auto url = environment.variable(names_of(service).variable)) return url;
  if (auto url = environment.variable("AWS_ENDPOINT_URL")) return url;
  return profile != nullptr ? profiles.endpoint_url(*profile, service) : std::nullopt;
}

}  // namespace start_claude::s3
