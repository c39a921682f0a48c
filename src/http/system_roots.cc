#include "http/system_roots.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <unistd.h>

#include "http/embedded_roots.h"

namespace start_claude::http {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

/// "5ed36f99.0": the first certificate whose subject has that hash.
bool is_hashed_name(std::string_view name) {
  constexpr std::size_t hash_digits = 8;
  return name.size() == hash_digits + 2 && name.ends_with(".0") &&
         name.find_first_not_of("0123456789abcdef") == hash_digits;
}

bool is_hashed_folder(const std::string& path) {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir(path.c_str()));
  if (!folder) return false;
  while (const auto* entry = readdir(folder.get())) {
    if (is_hashed_name(entry->d_name)) return true;
  }
  return false;
}

bool is_readable(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

}  // namespace

RootPlaces usual_root_places() {
  return RootPlaces{
      {"/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/openssl/certs"},
      {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
       "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
       "/usr/local/share/certs/ca-root-nss.crt"}};
}

SystemRoots find_system_roots(const RootPlaces& places) {
  const auto folder = std::find_if(places.folders.begin(), places.folders.end(), is_hashed_folder);
  if (folder != places.folders.end()) return SystemRoots{*folder, {}};
  const auto bundle = std::find_if(places.bundles.begin(), places.bundles.end(), is_readable);
  if (bundle != places.bundles.end()) return SystemRoots{{}, *bundle};
  return SystemRoots{{}, {}, !embedded_roots().empty()};
}

SystemRoots roots_at(const std::string& path) {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir(path.c_str()));
  return folder ? SystemRoots{path, {}} : SystemRoots{{}, path};
}

std::string describe_roots(const SystemRoots& roots) {
  if (!roots.extra.empty()) {
    SystemRoots others = roots;
    others.extra.clear();
    return describe_roots(others) + " and " + roots.extra;
  }
  if (!roots.folder.empty()) return roots.folder;
  if (!roots.bundle.empty()) return roots.bundle;
  if (!roots.uses_embedded) return "none";
  return "Mozilla's of " + std::string(embedded_roots_date()) + ", in this program";
}

}  // namespace start_claude::http
