// A body in chunks as it comes over the wire (RFC 9112 section 7.1): strict, and never more of it
// than is allowed.
//
// Chunk extensions and trailers are read and dropped. What two readers could understand differently
// is an error, after which the connection cannot be used any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace start_claude::server {

class ChunkedBody {
 public:
  enum class Progress { needs_more, complete, malformed, too_large };

  explicit ChunkedBody(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  /// Takes from the front of `received` what belongs to the body and appends it to `body`. What
  /// comes after the body is left in `received`.
  Progress take(std::string& received, std::string& body);

 private:
  enum class Expects { size, data, data_end, trailer };
  Progress take_size(std::string_view line);

  std::size_t body_bytes_max_;
  Expects expects_ = Expects::size;
  std::uint64_t chunk_left_ = 0;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace start_claude::server
