#include "cli/recording.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "cli/options.h"
#include "config/secret_text.h"
#include "s3/error_response.h"

namespace start_claude::cli {
namespace {

std::string replaced(std::string text, std::string_view secret) {
  if (secret.empty()) return text;
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + http::any_text.size())) {
    text.replace(at, secret.size(), http::any_text);
  }
  return text;
}

bool is_of_examples(std::string_view key_id) { return key_id.ends_with("EXAMPLE"); }

/// S3 tells in its refusals what it was sent.
std::string without_element(std::string text, const std::string& name) {
  const std::string opening = "<" + name + ">";
  const auto start = text.find(opening);
  if (start == std::string::npos) return text;
  const auto content = start + opening.size();
  const auto end = std::min(text.find('<', content), text.size());
  if (is_of_examples(std::string_view(text).substr(content, end - content))) return text;
  return text.replace(content, end - content, http::any_text);
}

}  // namespace

std::string redacted(std::string_view text, const std::vector<s3::Credentials>& credentials) {
  std::string shown(text);
  for (const s3::Credentials& each : credentials) {
    shown = replaced(std::move(shown), each.secret_access_key.reveal());
    if (each.session_token) shown = replaced(std::move(shown), each.session_token->reveal());
    if (!is_of_examples(each.access_key_id)) {
      shown = replaced(std::move(shown), each.access_key_id);
    }
  }
  for (const char* name : {"AWSAccessKeyId", "SignatureProvided", "Token"}) {
    shown = without_element(std::move(shown), name);
  }
  return config::mask_secret_strings(shown, http::any_text);
}

std::string redacted_of_credentials_service(std::string_view text) {
  // STS says "<Error><Code>", and may repeat in its message what it was sent.
  const auto error = text.find("<Error>");
  const auto parsed = error != std::string_view::npos ? s3::parse_error_response(text.substr(error))
                                                      : std::optional<s3::ErrorResponse>{};
  if (parsed) return "<Error><Code>" + parsed->code + "</Code></Error>";
  const bool is_number = base::parse_unsigned(text).has_value() && text.size() < 8;
  const bool is_kind = text.starts_with("application/") || text.starts_with("text/");
  // Of the EC2 metadata service; at ECS, the path is what must not be known.
  const bool is_known_path = text == "/" || text.starts_with("/latest/");
  const bool is_harmless = text.size() < 128 && (is_number || is_kind || is_known_path ||
                                                 base::parse_time(text).has_value());
  if (text.empty() || is_harmless) return std::string(text);
  return text.starts_with('/') ? "/{any}" : std::string(http::any_text);
}

http::Transport& Recording::wrap(std::unique_ptr<http::Transport> transport) {
  return add(std::move(transport),
             [this](std::string_view text) { return redacted(text, hidden_); });
}

http::Transport& Recording::wrap_credentials(std::unique_ptr<http::Transport> transport) {
  return add(std::move(transport), redacted_of_credentials_service);
}

http::Transport& Recording::add(std::unique_ptr<http::Transport> transport,
                                http::RecordingTransport::Redact redact) {
  auto recorder = std::make_unique<http::RecordingTransport>(*transport, std::move(redact));
  channels_.push_back({std::move(transport), std::move(recorder)});
  return *channels_.back().recorder;
}

std::string Recording::text(std::string_view comment) const {
  std::string text = http::format_exchanges({}, comment);
  for (const Channel& channel : channels_) {
    const std::string exchanges = channel.recorder->text("");
    if (!exchanges.empty()) text += "\n" + exchanges;
  }
  return text;
}

Result<base::Done> save_recording(const Recording& recording, const std::string& path,
                                  platform::FileSystem& files, platform::Random& random) {
  const std::string text = recording.text(
      version_text() + " --record\nSecrets are masked; look through it before you pass it on.");
  const auto outcome = platform::replace_file(files, path, text, {.unique = random.next()});
  if (const auto* failure = std::get_if<platform::FileFailure>(&outcome)) {
    return platform::disk_error("write", path, *failure);
  }
  return base::Done{};
}

}  // namespace start_claude::cli
