// Just enough XML to read what S3 stores answer: elements and their text.
//
// Tolerant of prefixes, attributes, comments, CDATA and processing instructions; refuses document
// types (no entity is ever defined). Works in place, never throws, never recurses, takes time
// proportional to the text; anything malformed ends the reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace start_claude::s3 {

/// One element: its name without prefix, and what is between its tags, as written.
struct XmlElement {
  std::string_view name;
  std::string_view content;
};

/// The elements at one level of `content`, one after the other.
class XmlReader {
 public:
  explicit XmlReader(std::string_view content) : rest_(content) {}

  /// Nothing at the end, and nothing more after the first thing that is malformed.
  std::optional<XmlElement> next();

 private:
  std::string_view rest_;
};

/// The first element at the top whose name is `name`.
std::optional<XmlElement> find_xml(std::string_view content, std::string_view name);

/// An element's text: entities and CDATA decoded, white space around it dropped, tags inside it
/// left out. Unknown entities stay as written.
std::string xml_text(std::string_view content);

/// `text` with & < > " ' as entities.
std::string escape_xml(std::string_view text);

}  // namespace start_claude::s3
