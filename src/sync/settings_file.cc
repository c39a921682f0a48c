#include "sync/settings_file.h"

#include <utility>

#include "config/document.h"
#include "json/write.h"

namespace start_claude::sync {

Result<base::Done> save_s3_config(platform::FileSystem& files, const std::string& path,
                                  const config::S3Settings& settings, const SettingsWrite& write) {
  const auto read = files.read(path);
  const auto* content = std::get_if<platform::FileContent>(&read);
  const auto* failure = std::get_if<platform::FileFailure>(&read);
  if (failure != nullptr && failure->kind != platform::FileFailureKind::no_such_file) {
    return platform::disk_error("read", path, *failure);
  }
  platform::ReplaceOptions options{.stays_the_same_file = true, .unique = write.unique};
  json::Value value =
      json::Object{{"version", json::Value::integer(1)},
                   {"s3Config", json::Object{}},
                   {"metadata", json::Object{{"createdAt", base::format_rfc3339(write.now)}}}};
  if (content != nullptr) {
    auto parsed = config::parse_document(content->bytes);
    if (!parsed) return std::move(parsed).error();
    value = *std::move(parsed);
    options.expected = content->fingerprint;
  } else {
    options.expected_absent = true;
  }
  const std::string text = json::write_over(content != nullptr ? content->bytes : "",
                                            config::s3_config_with(std::move(value), settings));
  const auto outcome = platform::replace_file(files, path, text, options);
  if (const auto* refused = std::get_if<platform::FileFailure>(&outcome)) {
    return platform::disk_error("write", path, *refused);
  }
  if (std::get<platform::ReplaceOutcome>(outcome) == platform::ReplaceOutcome::replaced) {
    return base::Done{};
  }
  return Error{ErrorKind::undecided, "s3-config.json was changed by another program meanwhile",
               "run this again"};
}

}  // namespace start_claude::sync
