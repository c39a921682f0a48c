// Where this machine keeps the certificates of the authorities it trusts.
//
// A folder of files named by subject hash is preferred: only the root that is needed is read from
// it, while a bundle is parsed whole (tens of milliseconds) before the first connection.
#pragma once

#include <string>
#include <vector>

namespace start_claude::http {

struct SystemRoots {
  std::string folder = {};  ///< hashed as by `openssl rehash`; empty if there is none
  std::string bundle = {};  ///< a PEM file, used if there is no such folder; empty if none
};

struct RootPlaces {
  std::vector<std::string> folders;
  std::vector<std::string> bundles;
};

/// Where Debian, Fedora, openSUSE, Alpine and the BSDs put them.
RootPlaces usual_root_places();

/// The first usable one of these.
SystemRoots find_system_roots(const RootPlaces& places = usual_root_places());

}  // namespace start_claude::http
