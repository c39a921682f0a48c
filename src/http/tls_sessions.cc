// The file: a line that says what it is and the SHA-256 of the rest; a line with the SHA-256 of the
// trust; then a line for each session with its three parts in hexadecimal digits.
#include "http/tls_sessions.h"

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha256.h"

namespace start_claude::http {
namespace {

constexpr std::string_view title = "start-claude tls sessions 1 ";
/// A session with a client's chain in it is some kilobytes; curl refuses what is much larger.
constexpr std::size_t file_bytes_max = std::size_t{256} * 1024;

}  // namespace

std::string format_tls_sessions(const std::vector<TlsSession>& sessions, const std::string& trust) {
  std::string lines = crypto::sha256_hex(trust) + "\n";
  const std::size_t surplus =
      sessions.size() > tls_sessions_max ? sessions.size() - tls_sessions_max : 0;
  for (std::size_t i = surplus; i < sessions.size(); ++i) {
    const TlsSession& session = sessions[i];
    lines += base::to_hex(session.peer) + " " + base::to_hex(session.proof) + " " +
             base::to_hex(session.state) + "\n";
  }
  return std::string(title) + crypto::sha256_hex(lines) + "\n" + lines;
}

std::vector<TlsSession> parse_tls_sessions(std::string_view text, const std::string& trust) {
  const std::size_t end = text.find('\n');
  if (!text.starts_with(title) || end == std::string_view::npos) return {};
  const std::string_view rest = text.substr(end + 1);
  if (text.substr(title.size(), end - title.size()) != crypto::sha256_hex(rest)) return {};
  const auto lines = base::split(rest, '\n');
  if (lines.front() != crypto::sha256_hex(trust)) return {};
  std::vector<TlsSession> sessions;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto parts = base::split(lines[i], ' ');
    if (parts.size() != 3) continue;
    auto peer = base::from_hex(parts[0]);
    auto proof = base::from_hex(parts[1]);
    auto state = base::from_hex(parts[2]);
    if (!peer || !proof || !state) continue;
    sessions.push_back({*std::move(peer), *std::move(proof), *std::move(state)});
  }
  return sessions;
}

std::string TlsSessionFile::trust_now(const std::string& trust) const {
  const auto status = files_.status(trust);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  if (found == nullptr) return trust;
  return trust + " " + std::to_string(found->changed_ns) + " " +
         std::to_string(found->fingerprint.inode);
}

std::vector<TlsSession> TlsSessionFile::load(const std::string& trust) const {
  const auto status = files_.status(path_);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  if (found == nullptr || found->fingerprint.size > file_bytes_max) return {};
  const auto read = files_.read(path_);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return {};
  return parse_tls_sessions(content->bytes, trust);
}

void TlsSessionFile::save(const std::vector<TlsSession>& sessions, const std::string& trust) {
  (void)platform::replace_file(files_, path_, format_tls_sessions(sessions, trust),
                               {.unique = random_.next()});
}

}  // namespace start_claude::http
