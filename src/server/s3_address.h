// What a request is about: the service, a bucket or an object, and the query's parameters.
//
// Path-style and virtual-hosted-style addressing; the path is decoded once and never normalised.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/message.h"
#include "server/s3_error.h"

namespace start_claude::server {

struct S3Address {
  std::string bucket;  ///< empty: the service itself
  std::string key;     ///< empty: the bucket itself
};

/// `domains`: hosts under which BUCKET.domain names a bucket. The bucket's name and the key are
/// checked; whether they exist is not.
std::variant<S3Address, S3Error> parse_s3_address(const http::Uri& uri,
                                                  const std::vector<std::string>& domains);

/// The decoded parameters of a query.
class QueryParameters {
 public:
  static std::variant<QueryParameters, S3Error> parse(std::string_view query);
  /// The value of the first of that name; empty for "?name".
  std::optional<std::string> find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name).has_value(); }
  /// The first name that is none of `known`, "x-id" aside, in which SDKs repeat the operation.
  std::optional<std::string> first_besides(const std::vector<std::string_view>& known) const;

 private:
  struct Parameter {
    std::string name;
    std::string value;
  };
  std::vector<Parameter> parameters_;
};

}  // namespace start_claude::server
