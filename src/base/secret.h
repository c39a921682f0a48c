// A value that must not be seen: no operator<<, no implicit conversion, wiped when it goes.
//
// `reveal()` is the one way out, so that every use of a secret can be found by its name.
#pragma once

#include <string>
#include <string_view>

namespace start_claude::base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) = default;
  ~Secret();

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

/// `text` with all but its last four characters hidden: "****9f2c". Texts of fewer than twelve
/// characters are hidden whole, because four of those would be too much of it.
std::string mask(std::string_view text);

/// An access key id as shown to a person: "AKIA****MPLE"; short ones as `mask` shows them.
std::string mask_key_id(std::string_view key_id);

}  // namespace start_claude::base

namespace start_claude {
using base::Secret;
}  // namespace start_claude
