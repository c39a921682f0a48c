// Where this machine keeps the certificates of the authorities it trusts.
//
// A folder of files named by subject hash is preferred, for only the root that is needed is read
// from it; then a bundle; where there is neither, the roots that this program carries.
#pragma once

#include <string>
#include <vector>

namespace start_claude::http {

struct SystemRoots {
  std::string folder = {};     ///< hashed as by `openssl rehash`; empty if there is none
  std::string bundle = {};     ///< a PEM file, used if there is no such folder; empty if none
  bool uses_embedded = false;  ///< this machine has neither, but this program brings some along
  std::string extra = {};      ///< a PEM file that counts beside them; empty if none

  bool is_empty() const { return folder.empty() && bundle.empty() && !uses_embedded; }
};

struct RootPlaces {
  std::vector<std::string> folders;
  std::vector<std::string> bundles;
};

/// Where Debian, Fedora, openSUSE, Alpine and the BSDs put them.
RootPlaces usual_root_places();

/// The first usable one of these, else the roots in this program. An administrator's choice of
/// roots is not added to.
SystemRoots find_system_roots(const RootPlaces& places = usual_root_places());

/// `path` as all the roots there are: a hashed folder or a bundle.
SystemRoots roots_at(const std::string& path);

/// For people: "/etc/ssl/certs", or "Mozilla's of 2025-06-13, in this program".
std::string describe_roots(const SystemRoots& roots);

}  // namespace start_claude::http
