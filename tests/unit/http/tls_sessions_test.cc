// The file of TLS sessions: what it gives back, and when it is as good as empty.
#include "http/tls_sessions.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"

using namespace start_claude;
using namespace start_claude::http;

namespace {

const std::string path = "/home/me/tls-sessions";
const TlsSession one{"store.test:443:G", std::string("\0\xff proof", 8), "state\n1"};
const TlsSession two{"", "proof", "state 2"};

struct Kept {
  support::FakeClock clock;
  support::FakeRandom random{1};
  support::MemoryFileSystem files{clock};
  TlsSessionFile file{files, random, path};

  Kept() { (void)files.make_folder("/home/me", 0700); }
};

}  // namespace

TEST_CASE("sessions come back as they were kept, in a file for nobody else") {
  Kept kept;
  CHECK(kept.file.load("roots").empty());
  kept.file.save({one, two}, "roots");
  CHECK(kept.file.load("roots") == std::vector<TlsSession>{one, two});
  CHECK(std::get<platform::FileStatus>(kept.files.status(path)).mode == 0600);
}

TEST_CASE("sessions made under another trust are not used") {
  Kept kept;
  kept.file.save({one}, "folder /etc/ssl/certs");
  CHECK(kept.file.load("bundle /etc/ssl/certs").empty());
}

TEST_CASE("a trust is another one once its certificates changed") {
  Kept kept;
  CHECK(kept.file.trust_now("/home/me/ca.pem") == "/home/me/ca.pem");
  kept.files.write_in_place("/home/me/ca.pem", "one");
  const std::string before = kept.file.trust_now("/home/me/ca.pem");
  CHECK(kept.file.trust_now("/home/me/ca.pem") == before);
  kept.files.write_in_place("/home/me/ca.pem", "two");
  CHECK(kept.file.trust_now("/home/me/ca.pem") != before);
}

TEST_CASE("a damaged file of sessions is an empty one") {
  const std::string whole = format_tls_sessions({one, two}, "roots");
  REQUIRE(parse_tls_sessions(whole, "roots").size() == 2);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = damaged[at] == '0' ? '1' : '0';
    CHECK(parse_tls_sessions(damaged, "roots").empty());
    CHECK(parse_tls_sessions(whole.substr(0, at), "roots").empty());
  }
}

TEST_CASE("the last few sessions are kept") {
  std::vector<TlsSession> sessions;
  for (std::size_t i = 0; i < tls_sessions_max + 2; ++i) {
    sessions.push_back({std::to_string(i), "proof", "state"});
  }
  const auto kept = parse_tls_sessions(format_tls_sessions(sessions, "roots"), "roots");
  REQUIRE(kept.size() == tls_sessions_max);
  CHECK(kept.front().peer == "2");
}

TEST_CASE("a disk that refuses the file of sessions stops nothing") {
  Kept kept;
  kept.files.capacity = 0;
  kept.file.save({one}, "roots");
  CHECK(kept.file.load("roots").empty());
}
