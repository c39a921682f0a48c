// --record FILE: what a run said to the store and heard from it, for a bug report.
//
// The file is one that the replay tests can play (fixtures/http/README.md). Secrets are masked
// before anything is kept: in bodies whatever config/secret_members.h calls one, everywhere the
// credentials themselves, and all there is to read in what services say that hand out credentials.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/recording_transport.h"
#include "platform/filesystem.h"
#include "platform/random.h"
#include "s3/credentials.h"

namespace start_claude::cli {

class Recording {
 public:
  Recording() = default;
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// From now on these are masked.
  void hide(const s3::Credentials& credentials) { hidden_.push_back(credentials); }
  /// A transport that does what `transport` does and is recorded; both live as long as this.
  http::Transport& wrap(std::unique_ptr<http::Transport> transport);
  /// The same for one that fetches credentials: only what cannot be a secret is kept.
  http::Transport& wrap_credentials(std::unique_ptr<http::Transport> transport);

  /// Everything so far, of all transports, with `comment` on top.
  std::string text(std::string_view comment) const;

 private:
  struct Channel {
    std::unique_ptr<http::Transport> inner;
    std::unique_ptr<http::RecordingTransport> recorder;
  };
  http::Transport& add(std::unique_ptr<http::Transport> transport,
                       http::RecordingTransport::Redact redact);

  std::vector<s3::Credentials> hidden_;
  std::vector<Channel> channels_;
};

/// `text` (a body, a header value) without secrets, `credentials` among them. Key ids of examples,
/// which end in EXAMPLE, stay.
std::string redacted(std::string_view text, const std::vector<s3::Credentials>& credentials);

/// What may be kept of a body, a header value or a path of a service that hands out credentials.
std::string redacted_of_credentials_service(std::string_view text);

/// Writes a recording, mode 0600, in place of what `path` held.
Result<base::Done> save_recording(const Recording& recording, const std::string& path,
                                  platform::FileSystem& files, platform::Random& random);

}  // namespace start_claude::cli
