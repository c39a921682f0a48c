// What a store answers in XML: errors and listings.
//
// Input: the body of a reply.
#include "base/text.h"
#include "http/message.h"
#include "property.h"
#include "s3/error_response.h"
#include "s3/reply.h"
#include "s3/store_error.h"
#include "s3/version_list.h"
#include "s3/xml.h"
#include "targets.h"

namespace start_claude::fuzz {
namespace {

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_elements(std::string_view content, int depth) {
  constexpr int depth_max = 8;  // every level is read again, as callers do
  std::size_t taken = 0;
  s3::XmlReader reader(content);
  while (const auto element = reader.next()) {
    if (!is_inside(element->name, content) || !is_inside(element->content, content)) {
      broken("elements are parts of the text");
    }
    if (element->name.empty()) broken("elements have names");
    taken += element->name.size() + element->content.size();
    if (taken > content.size()) broken("elements do not overlap");
    if (depth < depth_max) check_elements(element->content, depth + 1);
  }
  if (reader.next()) broken("after the end nothing comes");
}

void check_texts(std::string_view body) {
  const std::string escaped = s3::escape_xml(body);
  if (escaped.find_first_of("<>\"'") != std::string::npos) broken("escaped text has no marks");
  if (s3::xml_text(escaped) != base::trim(body)) broken("escaped text is read back", escaped);
  const std::string wrapped = "<a><b>" + escaped + "</b></a>";
  const auto outer = s3::find_xml(wrapped, "a");
  const auto inner = outer ? s3::find_xml(outer->content, "b") : std::nullopt;
  if (!inner || inner->content != escaped) broken("an escaped text stays in its element");
}

bool is_one_line(std::string_view text) { return text.find_first_of("\r\n\x1b") == text.npos; }

void check_error(std::string_view body) {
  const auto error = s3::parse_error_response(body);
  if (error && error->code.empty()) broken("an error has a code");
  if (error && error->code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789.") != std::string::npos) {
    broken("a code has letters and digits", error->code);
  }
  for (const int status : {200, 301, 307, 400, 403, 404, 409, 412, 501, 503}) {
    const http::Response response{status, {}, std::string(body)};
    const auto region = s3::region_hint(response, error);
    if (!is_one_line(region) || region.size() > 64) broken("a region is a short word", region);
    const s3::Asked asked{s3::Operation::put_object, s3::Condition::if_match};
    const auto reply = s3::classify(asked, response, error);
    if (reply == s3::Reply::ok || reply == s3::Reply::no_answer) continue;
    const auto words = s3::error_from_reply(reply, response, error,
                                            {.operation = asked.operation,
                                             .object = {"team", "config.json"},
                                             .host = "s3.example.com",
                                             .region = "us-east-1"});
    if (!is_one_line(words.message) || !is_one_line(words.hint)) {
      broken("a message is one line", words.message + words.hint);
    }
    if (!base::is_utf8(words.message)) broken("a message is UTF-8", words.message);
  }
}

}  // namespace

void s3_xml(std::string_view input) {
  check_elements(input, 0);
  check_texts(input);
  check_error(input);
  if (const auto page = s3::parse_version_list(input, "start-claude-config.json")) {
    const auto query = s3::version_list_query("start-claude-config.json", &*page);
    if (query.find_first_of(" \r\n#") != query.npos) broken("a query is encoded", query);
  }
}

}  // namespace start_claude::fuzz
