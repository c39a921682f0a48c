#include "crypto/sha256.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"

using namespace start_claude;
using namespace start_claude::crypto;

TEST_CASE("pieces hash as the whole does") {
  crypto::Sha256 hash;
  hash.add("The quick brown fox ");
  hash.add("");
  hash.add("jumps over the lazy dog");
  CHECK(hash.hex() == crypto::sha256_hex("The quick brown fox jumps over the lazy dog"));
}

TEST_CASE("SHA-256 of the examples of FIPS 180-4, and of texts around its block") {
  struct Row {
    std::string bytes;
    std::string hex;
  };
  const auto row = GENERATE(values<Row>({
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
      {std::string(1, '\0'), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
  }));
  CHECK(sha256_hex(row.bytes) == row.hex);
  CHECK(base::to_hex(sha256(row.bytes)) == row.hex);
}

TEST_CASE("HMAC-SHA-256 of the test cases of RFC 4231") {
  struct Row {
    std::string key;
    std::string message;
    std::string hex;
  };
  const auto row = GENERATE(values<Row>({
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  }));
  CHECK(base::to_hex(hmac_sha256(row.key, row.message)) == row.hex);
}

TEST_CASE("an HMAC key is hashed only if it is longer than a block") {
  CHECK(hmac_sha256(std::string(64, 'k'), "m") != hmac_sha256(sha256(std::string(64, 'k')), "m"));
  CHECK(hmac_sha256(std::string(65, 'k'), "m") == hmac_sha256(sha256(std::string(65, 'k')), "m"));
  CHECK(hmac_sha256("", "") == hmac_sha256(std::string(64, '\0'), ""));
}

TEST_CASE("MD5 of the test suite of RFC 1321") {
  struct Row {
    std::string bytes;
    std::string hex;
  };
  const auto row = GENERATE(values<Row>({
      {"", "d41d8cd98f00b204e9800998ecf8427e"},
      {"abc", "900150983cd24fb0d6963f7d28e17f72"},
      {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
       "57edf4a22be3c955ac49da2e2107b67a"},
  }));
  CHECK(base::to_hex(md5(row.bytes)) == row.hex);
}

TEST_CASE("a comparison in constant time finds what a plain one finds") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("same", "same"));
  CHECK(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
  CHECK_FALSE(equal_in_constant_time("same", "sama"));
  CHECK_FALSE(equal_in_constant_time("same", "xame"));
  CHECK_FALSE(equal_in_constant_time("same", "same "));
  CHECK_FALSE(equal_in_constant_time("", "a"));
  CHECK_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}
