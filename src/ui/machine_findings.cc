#include "ui/machine_findings.h"

#include <vector>

#include "base/secret.h"
#include "base/text.h"

namespace start_claude::ui {
namespace {

constexpr unsigned others_bits = 0077;

std::string octal(unsigned mode) {
  std::string text;
  for (const unsigned shift : {6u, 3u, 0u}) text += static_cast<char>('0' + ((mode >> shift) & 7u));
  return text;
}

/// A path as a shell takes it, unless that would be as it is. "~/" must stay outside the quotes.
std::string shell_word(const std::string& path) {
  const bool is_plain =
      path.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+~") ==
      std::string::npos;
  if (is_plain) return path;
  const std::string home = path.starts_with("~/") ? "~/" : "";
  return home + "'" + base::replace_all(path.substr(home.size()), "'", "'\\''") + "'";
}

}  // namespace

Finding config_file_finding(const ConfigFileFacts& facts) {
  constexpr std::string_view check = "config file";
  const std::string shown = base::printable(facts.shown_path);
  if (!facts.local.exists) {
    return {.check = check,
            .grade = Grade::warning,
            .text = shown + " does not exist",
            .fix = facts.is_set_up ? "start-claude s3-sync brings it from the remote"
                                   : "start-claude s3-setup makes one"};
  }
  if (!facts.local.document) {
    return {.check = check,
            .grade = Grade::failure,
            .text = shown + " " + facts.local.damage,
            .fix = facts.is_set_up
                       ? "replace it with the remote copy: start-claude s3-download --force"
                       : "mend it by hand, or move it away and run start-claude s3-setup",
            .kind = ErrorKind::invalid_data};
  }
  const unsigned mode = facts.mode.value_or(0600);
  const unsigned folder_mode = facts.folder_mode.value_or(0700);
  Finding finding{.check = check,
                  .text = shown + ", mode " + octal(mode) + ", " +
                          base::count_of(facts.local.profiles, "configuration")};
  if ((mode & others_bits) != 0) {
    finding.grade = Grade::warning;
    finding.text += ": others on this machine may read API keys";
    finding.fix = "chmod 600 " + shell_word(shown);
  } else if ((folder_mode & others_bits) != 0) {
    finding.grade = Grade::warning;
    finding.text += ", in a folder that others may look into (mode " + octal(folder_mode) + ")";
    finding.fix = "chmod 700 " + shell_word(platform::folder_of(shown));
  }
  return finding;
}

Finding place_finding(const PlaceFacts& facts) {
  std::vector<std::string> said;
  if (!facts.target.empty()) {
    said.push_back("a link to " + base::printable(facts.target) +
                   (facts.exists ? "" : ", which does not exist"));
  }
  if (!facts.cloud.empty()) {
    said.push_back("in the cloud folder of " + base::printable(facts.cloud) +
                   ", which syncs it; S3 keeps copies");
  }
  if (facts.mount.is_mount_point) {
    said.emplace_back(
        "mounted by itself (a bind mount): written in place, as nothing can replace it");
  }
  if (facts.names > 1) {
    said.push_back(
        "one of " + std::to_string(facts.names) +
        " names of the file (hard links): written in place, so that all keep showing it");
  }
  if (said.empty()) said.emplace_back("a plain file");
  Finding finding{.check = "place"};
  if (facts.mount.is_read_only) {
    finding.grade = Grade::warning;
    said.emplace_back("on a read-only mount: nothing can be brought here");
    finding.fix = "change it where it is mounted from; s3-upload works all the same";
  } else if (facts.exists && facts.names == 0) {
    finding.grade = Grade::warning;
    said.emplace_back("replaced where it is mounted from: here is still the old file");
    finding.fix = "mount it again (restart the container), or mount its folder instead of the file";
  } else if (!facts.cloud.empty() && facts.has_s3_sync) {
    finding.grade = Grade::warning;
    said.emplace_back("its settings.s3Sync, credentials included, go to other machines with it");
    finding.fix = "start-claude s3-setup moves them to s3-config.json, on this machine only";
  }
  finding.text = base::join(said, "; ");
  return finding;
}

Finding lock_finding(LockState state, std::string_view holder) {
  constexpr std::string_view check = "lock";
  switch (state) {
    case LockState::free: return {.check = check, .text = "free"};
    case LockState::no_folder: return {.check = check, .text = "free (never used)"};
    case LockState::held: break;
  }
  const auto note = base::trim(holder);
  return {.check = check,
          .grade = Grade::warning,
          .text = "held by " + (note.empty() ? "another program" : base::printable(note)),
          .fix = "wait for that run to end; its lock goes with it"};
}

Finding state_finding(const Console& console, const StateFileFacts& facts) {
  constexpr std::string_view check = "state";
  if (!facts.exists) return {.check = check, .text = "none yet: this machine never synced"};
  if (!facts.is_readable) {
    return {.check = check,
            .grade = Grade::warning,
            .text = "s3-state.json is damaged, which is safe: the next sync reads everything again",
            .fix = "start-claude s3-sync writes a new one"};
  }
  const sync::RemoteState& known = facts.remembered;
  if (known.ancestor.empty()) {
    return {.check = check, .text = "this machine never synced with this object"};
  }
  std::string text = "both sides agreed on a copy";
  if (known.modified) text += " of " + console.time(*known.modified);
  if (!known.writer.empty()) text += ", by " + base::printable(known.writer);
  return {.check = check, .text = std::move(text)};
}

Finding history_finding(const HistoryFacts& facts) {
  constexpr std::string_view check = "history";
  if (facts.entries == 0) return {.check = check, .text = "empty"};
  return {.check = check,
          .text = base::count_of(facts.entries, "revision") + ", " +
                  base::format_size(facts.size_bytes)};
}

Finding credentials_finding(const Result<s3::Credentials>& credentials, UtcTime now) {
  constexpr std::string_view check = "credentials";
  if (!credentials) return finding_from(check, credentials.error());
  Finding finding{.check = check, .text = base::mask_key_id(credentials->access_key_id)};
  if (!credentials->source.empty()) finding.text += ", from " + credentials->source;
  if (credentials->expires) {
    const auto left = *credentials->expires - now;
    if (left > left.zero()) {
      finding.text += ", for another " + base::format_span(left);
    } else {
      finding.grade = Grade::warning;
      finding.text += ", expired " + base::format_span(left) + " ago";
      finding.fix = "get new ones where these came from";
    }
  } else if (credentials->session_token) {
    finding.text += ", temporary";
  }
  return finding;
}

}  // namespace start_claude::ui
