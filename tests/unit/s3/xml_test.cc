#include "s3/xml.h"

#include <catch2/catch.hpp>

#include "support/fake_random.h"

namespace start_claude::s3 {
namespace {

struct Row {
  const char* what;
  std::string xml;
  std::string text;
};

TEST_CASE("the text of an element is what its writer meant") {
  const auto row = GENERATE(values<Row>({
      {"plain", "<a>NoSuchKey</a>", "NoSuchKey"},
      {"white space around it", "<a>\n  x y \r\n</a>", "x y"},
      {"the five entities", "<a>&lt;&amp;&gt;&quot;&apos;</a>", "<&>\"'"},
      {"an entity is decoded once", "<a>&amp;lt;</a>", "&lt;"},
      {"decimal and hexadecimal", "<a>&#65;&#x42;&#x20AC;&#128512;</a>", "AB\u20AC\U0001F600"},
      {"unknown ones stay", "<a>&nbsp; &; & &#0; &#xD800; &#x110000; &#99999999999;</a>",
       "&nbsp; &; & &#0; &#xD800; &#x110000; &#99999999999;"},
      {"CDATA", "<a>1 <![CDATA[<b>&amp;</b>]]> 2</a>", "1 <b>&amp;</b> 2"},
      {"a comment", "<a>x<!-- > <b> -->y</a>", "xy"},
      {"a prefix and attributes", "<s3:a xmlns:s3=\"urn:>\" x='/'>t</s3:a>", "t"},
      {"a prolog", "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<a>t</a>", "t"},
      {"empty", "<a/>", ""},
      {"after other elements", "<b><a>no</a></b><c/><a>yes</a>", "yes"},
      {"of the same name inside", "<a>1<a>2</a>3</a>", "123"},
  }));
  CAPTURE(row.what);
  const auto found = find_xml(row.xml, "a");
  REQUIRE(found);
  CHECK(xml_text(found->content) == row.text);
}

TEST_CASE("what is not well formed is not read") {
  const std::string xml = GENERATE(as<std::string>{}, "", "a", "<", "<a", "<a>", "<a>x", "<a>x</b>",
                                   "</a>", "</a><a>x</a>", "<a>x</a", "<a><b></a>", "< a>x</ a>",
                                   "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "<!-- <a>x</a>",
                                   "<a b=\"></a>", "<![CDATA[<a>x</a>");
  CAPTURE(xml);
  CHECK_FALSE(find_xml(xml, "a"));
}

TEST_CASE("depth costs no stack") {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "<a>";
  CHECK_FALSE(find_xml(deep, "a"));
}

TEST_CASE("no text, however broken, reads outside of itself") {
  const std::string whole =
      "<?xml version='1.0'?><Error><Code>A&amp;&#65;</Code><!-- c "
      "--><M><![CDATA[x]]></M><E/></Error>";
  support::FakeRandom random(7);
  for (int i = 0; i < 20'000; ++i) {
    // On the heap and of the exact length, so that the sanitizer sees every byte too many.
    std::string broken = whole.substr(0, random.below(whole.size() + 1));
    for (std::uint64_t changes = random.below(3); changes > 0 && !broken.empty(); --changes) {
      broken[random.below(broken.size())] = whole[random.below(whole.size())];
    }
    broken.shrink_to_fit();
    XmlReader reader(broken);
    while (const auto element = reader.next()) {
      XmlReader inner(element->content);
      while (const auto child = inner.next())
        CHECK(xml_text(child->content).size() <= whole.size());
    }
  }
}

TEST_CASE("escaped text comes back") {
  const std::string text = "a<b>&\"'c";
  CHECK(escape_xml(text) == "a&lt;b&gt;&amp;&quot;&apos;c");
  CHECK(xml_text(escape_xml(text)) == text);
}

}  // namespace
}  // namespace start_claude::s3
