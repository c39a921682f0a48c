#include "s3/version_list.h"

#include "base/text.h"
#include "http/uri.h"
#include "s3/xml.h"

namespace start_claude::s3 {
namespace {

struct Entry {
  std::string key;
  ObjectVersion version;
};

Entry parse_entry(const XmlElement& element) {
  Entry entry;
  entry.version.is_deletion = element.name == "DeleteMarker";
  XmlReader reader(element.content);
  while (const auto field = reader.next()) {
    const auto is = [&](std::string_view name) { return field->name == name; };
    const auto text = [&] { return xml_text(field->content); };
    if (is("Key")) entry.key = text();
    if (is("VersionId")) entry.version.version_id = text();
    if (is("IsLatest")) entry.version.is_latest = text() == "true";
    if (is("LastModified")) entry.version.last_modified = base::parse_time(text());
    if (is("ETag")) entry.version.etag = {text()};
    if (is("Size")) entry.version.size_bytes = base::parse_unsigned(text()).value_or(0);
  }
  return entry;
}

}  // namespace

std::optional<VersionPage> parse_version_list(std::string_view body, std::string_view key) {
  const auto list = find_xml(body, "ListVersionsResult");
  if (!list) return std::nullopt;
  VersionPage page;
  bool is_truncated = false;
  std::string next_key;
  XmlReader reader(list->content);
  while (const auto element = reader.next()) {
    if (element->name == "Version" || element->name == "DeleteMarker") {
      Entry entry = parse_entry(*element);
      if (entry.key == key) page.versions.push_back(std::move(entry.version));
    }
    if (element->name == "IsTruncated") is_truncated = xml_text(element->content) == "true";
    if (element->name == "NextKeyMarker") next_key = xml_text(element->content);
    if (element->name == "NextVersionIdMarker") {
      page.next_version_id_marker = xml_text(element->content);
    }
  }
  // Keys come in order and the shortest of a prefix comes first: after another key none is ours.
  if (is_truncated && next_key == key) page.next_key_marker = std::move(next_key);
  return page;
}

std::string version_list_query(std::string_view key, const VersionPage* after) {
  std::string query;
  if (after != nullptr && after->next_key_marker) {
    query = "key-marker=" + http::encode_segment(*after->next_key_marker) + '&';
  }
  query += "max-keys=1000&prefix=" + http::encode_segment(key);
  if (after != nullptr && !after->next_version_id_marker.empty()) {
    query += "&version-id-marker=" + http::encode_segment(after->next_version_id_marker);
  }
  return query + "&versions=";
}

}  // namespace start_claude::s3
