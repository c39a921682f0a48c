// A parsed value is a place in its text: what that costs, how long it lives, and what changing it
// leaves alone.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <malloc.h>

#include "json/parse.h"
#include "json/write.h"

namespace {

std::atomic<std::size_t> bytes_allocated{0};  // in all
std::atomic<std::size_t> bytes_in_use{0};

}  // namespace

// Counted rather than timed: every allocation of this program goes through here, in each of its
// forms, or a sanitizer would see memory go another way than it came.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  bytes_allocated += size;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  bytes_in_use += malloc_usable_size(memory);
  return memory;
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size, std::nothrow);
}
void operator delete(void* memory) noexcept {
  bytes_in_use -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { operator delete(memory); }
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { operator delete(memory); }

namespace start_claude::json {
namespace {

Value value_of(std::string_view text) { return std::get<Value>(parse(text)); }

/// A configuration of so many profiles, some 1,000 bytes each.
std::string document(std::size_t profiles) {
  std::string text = "{\n  \"version\": 1,\n  \"configs\": [";
  for (std::size_t i = 0; i < profiles; ++i) {
    text += i == 0 ? "\n" : ",\n";
    text += "    {\"name\": \"profile " + std::to_string(i) + "\", \"apiKey\": \"" +
            std::string(500, 'k') + "\", \"env\": {\"A\": \"" + std::string(400, 'v') +
            "\", \"B\": [1, 2.50, true, null]}}";
  }
  return text + "\n  ],\n  \"settings\": {\"theme\": \"dark\"}\n}\n";
}

template <class Work>
std::size_t bytes_for(Work work) {
  const std::size_t before = bytes_allocated;
  work();
  return bytes_allocated - before;
}

TEST_CASE("what is done with a document costs memory in proportion to it, and little of it") {
  struct Costs {
    std::size_t text, parsing, kept, canonical, counting, changing;
  };
  const auto costs_of = [](std::size_t profiles) {
    const base::SharedText text(document(profiles));
    Costs costs{.text = text.size()};
    Value value;
    const std::size_t before = bytes_in_use;
    costs.parsing = bytes_for([&] { value = std::get<Value>(parse_shared(text)); });
    costs.kept = bytes_in_use - before;
    costs.canonical = bytes_for([&] { write_canonical(value, [](std::string_view) {}); });
    costs.counting = bytes_for([&] {
      for (const Value& entry : *value.find("configs")->as_array()) {
        CHECK(entry.kind() == Kind::object);
        (void)entry.part("isDeleted");
      }
    });
    costs.changing = bytes_for([&] {
      Value changed = value;
      (*changed.as_object()->find("configs")->as_array())[profiles / 2].as_object()->set("x", true);
      (void)write_over(text, value, changed);
    });
    return costs;
  };
  const Costs small = costs_of(100);
  const Costs large = costs_of(10'000);
  CAPTURE(large.text, large.parsing, large.kept, large.canonical, large.counting, large.changing);
  // simdjson asks for 4 bytes of index and 5/3 of string buffer for each byte of the text, at once,
  // and touches the part of the index it needs: what is asked for is bounded here, and what is
  // kept.
  CHECK(large.parsing < 7 * large.text);
  CHECK(large.kept < large.text / 20);
  CHECK(large.counting < large.text / 10);
  CHECK(large.changing < large.text);
  // Levels are read and let go, a profile at a time: this is turnover, not what is held.
  CHECK(large.canonical < 4 * large.text);

  const auto grows_with_it = [&](std::size_t few, std::size_t many) {
    return static_cast<double>(many) < 1.3 * 100 * static_cast<double>(few);
  };
  CHECK(grows_with_it(small.parsing, large.parsing));
  CHECK(grows_with_it(small.canonical, large.canonical));
  CHECK(grows_with_it(small.counting, large.counting));
  CHECK(grows_with_it(small.changing, large.changing));
}

TEST_CASE("a value outlives the text it was given, the document it was in and its first copy") {
  std::optional<Value> inner;
  {
    base::SharedText text(
        std::string(R"({"a": {"b": ["deep down, and not short", {"c": 1.10}]}})"));
    auto parsed = std::get<Value>(parse_shared(text));
    text.clear();
    const Value copy = *parsed.find("a");
    parsed = true;
    inner = copy.part("b");
  }
  CHECK(write_compact(*inner) == R"(["deep down, and not short",{"c":1.10}])");
  CHECK(inner->text() == R"(["deep down, and not short", {"c": 1.10}])");
}

TEST_CASE("a changed value no longer is its text, and its copies still are") {
  Value value = value_of(R"({"a": [1, 2], "b": {"c": 3}})");
  const Value copy = value;
  const Value* seen = copy.find("b");
  value.as_object()->find("a")->as_array()->push_back(Value::integer(3));
  CHECK(value.text().empty());
  CHECK(write_compact(value) == R"({"a":[1,2,3],"b":{"c":3}})");
  CHECK(copy.text() == R"({"a": [1, 2], "b": {"c": 3}})");
  CHECK(write_compact(copy) == R"({"a":[1,2],"b":{"c":3}})");
  CHECK(seen == copy.find("b"));
  CHECK(value.find("b")->text() == R"({"c": 3})");
  // Assigning a part of a value to the value itself.
  value = *value.find("b");
  CHECK(write_compact(value) == R"({"c":3})");
  const Value& same = value;
  value = same;
  CHECK(write_compact(value) == R"({"c":3})");
}

TEST_CASE("a part is told without anything of the rest being kept") {
  const std::string large(100'000, 'x');
  const Value value =
      value_of(R"({"large": ")" + large + R"(", "n\u0061me": "escaped", "name": {"last": true}})");
  const std::size_t cost = bytes_for([&] {
    CHECK(write_compact(*value.part("name")) == R"({"last":true})");
    CHECK_FALSE(value.part("nam"));
    CHECK_FALSE(value.part("large")->part("name"));
  });
  CHECK(cost < 10'000);
  CHECK(value.find("name")->find("last") != nullptr);
  CHECK(write_compact(*value.part("name")) == R"({"last":true})");  // looked into by now
}

TEST_CASE("parts of large containers are found by jumping, of small ones by reading") {
  // Around the size from which on a container's end is noted.
  for (const std::size_t size : {1U, 200U, 490U, 500U, 510U, 511U, 512U, 513U, 2000U}) {
    const std::string filler(size, 'f');
    const std::string inner =
        R"([{"f":")" + filler + R"("},[[")" + filler + R"("]],")" + filler + R"(",{}])";
    const std::string text = R"({"a":)" + inner + R"(,"b":{"c":)" + inner + R"(},"d":1})";
    CAPTURE(size);
    CHECK(write_compact(value_of(text)) == text);
    CHECK(write_compact(value_of("\xEF\xBB\xBF " + text)) == text);
    CHECK(*value_of(text).find("d") == Value::integer(1));
  }
}

TEST_CASE("several threads may look into one value at once") {
  const std::string text = document(50);
  const Value value = value_of(text);
  const std::string expected = write_canonical(value_of(text));
  std::atomic<int> same = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const Value copy = value;
      for (const Value& entry : *value.find("configs")->as_array()) {
        if (entry.find("env")->find("B")->as_array()->size() != 4) return;
      }
      if (write_canonical(value) == expected && write_canonical(copy) == expected) ++same;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(same == 4);
}

}  // namespace
}  // namespace start_claude::json
