// Puts a Response together from the header lines and body pieces a client library hands over.
//
// Interim (1xx) answers are dropped, trailers are ignored, and everything has a limit. Never
// throws: it is called from C code that cannot unwind.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "http/message.h"

namespace start_claude::http {

class ResponseReader {
 public:
  enum class Problem { body_too_large, headers_too_large, no_memory };

  explicit ResponseReader(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  /// One line with its line end: a status line, a header, or the empty line after them. False
  /// means: stop, problem() says why.
  bool take_header_line(std::string_view line) noexcept;
  /// The next piece of the body; false as above. Fails with the first piece already if
  /// Content-Length announces too much.
  bool take_body(std::string_view piece) noexcept;

  const std::optional<Problem>& problem() const { return problem_; }
  /// False while the empty line after the headers is missing.
  bool has_all_headers() const { return !in_headers_; }
  /// A piece of the body that somebody else takes: only its size is kept.
  void count_body(std::size_t bytes) { counted_bytes_ += bytes; }
  std::size_t body_bytes() const { return response_.body.size() + counted_bytes_; }
  const Headers& headers() const { return response_.headers; }
  /// The body's length as announced, if it was.
  std::optional<std::size_t> content_length() const;
  /// What was read so far, with that status.
  Response finish(int status);

 private:
  void read_header_line(std::string_view line);

  std::size_t body_bytes_max_;
  std::size_t header_bytes_ = 0;
  std::size_t counted_bytes_ = 0;
  bool in_headers_ = false;
  std::optional<Header> unfinished_;  ///< the last one: the next line may continue it
  Response response_;
  std::optional<Problem> problem_;
};

}  // namespace start_claude::http
