#include "server/object_record.h"

#include <vector>

#include "base/text.h"
#include "http/uri.h"

namespace start_claude::server {
namespace {

constexpr std::string_view first_line = "start-claude s3-serve object 1";
constexpr std::size_t fixed_lines = 6;

std::optional<platform::Fingerprint> parse_fingerprint(std::string_view text) {
  const auto parts = base::split(text, ' ');
  if (parts.size() != 3) return std::nullopt;
  const auto modified = base::parse_unsigned(parts[0]);
  const auto size = base::parse_unsigned(parts[1]);
  const auto inode = base::parse_unsigned(parts[2]);
  if (!modified || !size || !inode) return std::nullopt;
  return platform::Fingerprint{static_cast<std::int64_t>(*modified), *size, *inode};
}

/// The text after `name` and ": ", or nothing.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  if (!line.starts_with(": ")) return std::nullopt;
  return line.substr(2);
}

std::string line_of(std::string_view name, std::string_view value) {
  std::string line(name);
  line.append(": ").append(value).append("\n");
  return line;
}

}  // namespace

std::string format_object_record(const ObjectRecord& record) {
  const auto& file = record.file;
  std::string text = std::string(first_line) + "\n";
  text += line_of("key", http::encode_path(record.key));
  text += line_of("sha256", record.sha256);
  text += line_of("md5", record.md5);
  text += line_of("last-modified", base::format_rfc3339(record.last_modified));
  text += line_of("file", std::to_string(static_cast<std::uint64_t>(file.modified_ns)) + " " +
                              std::to_string(file.size) + " " + std::to_string(file.inode));
  for (const auto& header : record.headers) text += line_of(header.name, header.value);
  return text + "end\n";
}

std::optional<ObjectRecord> parse_object_record(std::string_view text) {
  auto lines = base::split(text, '\n');
  // The last line says that nothing was cut off.
  if (lines.size() < fixed_lines + 2 || !lines.back().empty()) return std::nullopt;
  lines.pop_back();
  if (lines.front() != first_line || lines.back() != "end") return std::nullopt;
  lines.pop_back();
  const auto key = value_of(lines[1], "key");
  const auto sha256 = value_of(lines[2], "sha256");
  const auto md5 = value_of(lines[3], "md5");
  const auto time = value_of(lines[4], "last-modified");
  const auto file = value_of(lines[5], "file");
  if (!key || !sha256 || !md5 || !time || !file) return std::nullopt;
  const auto decoded_key = http::percent_decode(*key);
  const auto last_modified = base::parse_time(*time);
  const auto fingerprint = parse_fingerprint(*file);
  if (!decoded_key || !last_modified || !fingerprint) return std::nullopt;

  ObjectRecord record{*decoded_key,   std::string(*sha256), std::string(*md5),
                      *last_modified, *fingerprint,         {}};
  for (std::size_t i = fixed_lines; i < lines.size(); ++i) {
    const auto colon = lines[i].find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    record.headers.add(std::string(lines[i].substr(0, colon)),
                       std::string(lines[i].substr(colon + 2)));
  }
  return record;
}

}  // namespace start_claude::server
