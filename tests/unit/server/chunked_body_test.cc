#include "server/chunked_body.h"

#include <catch2/catch.hpp>

using namespace start_claude;
using server::ChunkedBody;
using Progress = ChunkedBody::Progress;

namespace {

struct Read {
  Progress progress = Progress::needs_more;
  std::string body;
  std::string rest;
};

/// Feeds the text in pieces of that size, until it is decided.
Read read(const std::string& text, std::size_t piece_bytes) {
  ChunkedBody chunked(100);
  Read it;
  for (std::size_t at = 0; at < text.size() && it.progress == Progress::needs_more;
       at += piece_bytes) {
    it.rest += text.substr(at, piece_bytes);
    it.progress = chunked.take(it.rest, it.body);
  }
  return it;
}

}  // namespace

TEST_CASE("chunks are put together however they arrive, extensions and trailers dropped") {
  const std::string text = "5\r\nhello\r\n6;name=\"a b\"\r\n world\r\n0\r\nX-T: 1\r\n\r\nGET";
  const auto piece_bytes = GENERATE(range(std::size_t{1}, std::size_t{60}));
  CAPTURE(piece_bytes);
  const Read it = read(text, piece_bytes);
  CHECK(it.progress == Progress::complete);
  CHECK(it.body == "hello world");
  // What is not fed yet is not looked at; what is left is the next request's.
  CHECK(std::string("GET").starts_with(it.rest));
}

TEST_CASE("what two readers could take differently is no body") {
  struct Row {
    std::string what, text;
    Progress progress;
  };
  const auto row = GENERATE(values<Row>({
      {"no size", "\r\nhello\r\n0\r\n\r\n", Progress::malformed},
      {"no number", "x\r\n", Progress::malformed},
      {"a sign", "+5\r\nhello\r\n0\r\n\r\n", Progress::malformed},
      {"a prefix", "0x5\r\nhello\r\n0\r\n\r\n", Progress::malformed},
      {"a blank before the size", " 5\r\nhello\r\n0\r\n\r\n", Progress::malformed},
      {"a blank after the size", "5 \r\nhello\r\n0\r\n\r\n", Progress::malformed},
      {"a bare line feed", "5\nhello\r\n0\r\n\r\n", Progress::malformed},
      {"a carriage return inside", "5;a\rb\r\nhello\r\n", Progress::malformed},
      {"a longer chunk than said", "5\r\nhello!\r\n0\r\n\r\n", Progress::malformed},
      {"more than is allowed", "65\r\n", Progress::too_large},
      {"more in the second chunk", "5\r\nhello\r\n60\r\n", Progress::too_large},
      {"a size that overflows", "FFFFFFFFFFFFFFFFF\r\n", Progress::too_large},
      {"just as much", "64\r\n" + std::string(100, 'b') + "\r\n0\r\n\r\n", Progress::complete},
      {"an endless size line", "5;" + std::string(5000, 'a'), Progress::malformed},
      {"not yet the end", "5\r\nhello\r\n0\r\n", Progress::needs_more},
  }));
  CAPTURE(row.what);
  CHECK(read(row.text, row.text.size()).progress == row.progress);
}
