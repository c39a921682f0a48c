#include "platform/event_loop.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

using namespace start_claude;
using namespace std::chrono_literals;
using platform::Descriptor;
using platform::EventLoop;
using platform::Readiness;

namespace {

struct Pair {
  Pair() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    near = Descriptor(ends[0]);
    far = Descriptor(ends[1]);
  }
  Descriptor near{-1};
  Descriptor far{-1};
};

void write_byte(const Descriptor& to) { REQUIRE(::write(to.number(), "x", 1) == 1); }

void read_byte(const Descriptor& from) {
  char byte = 0;
  REQUIRE(::read(from.number(), &byte, 1) == 1);
}

}  // namespace

TEST_CASE("a descriptor is called back when it has something to read, and when its peer is gone") {
  EventLoop loop;
  Pair pair;
  std::string happened;
  loop.watch(pair.near.number(), {.read = true}, [&](Readiness ready) {
    if (ready.closed) {
      happened += 'c';
      loop.stop();
      return;
    }
    happened += 'r';
    read_byte(pair.near);
    pair.far = Descriptor(-1);
  });
  write_byte(pair.far);
  loop.run();
  CHECK(happened == "rc");
}

TEST_CASE("the peer's end is told while what it sent before is left unread") {
  EventLoop loop;
  Pair pair;
  bool closed = false;
  loop.watch(pair.near.number(), {.closed = true}, [&](Readiness ready) {
    closed = ready.closed;
    loop.stop();
  });
  write_byte(pair.far);
  pair.far = Descriptor(-1);
  loop.run();
  CHECK(closed);
}

TEST_CASE("a forgotten descriptor is not called back for what had already happened") {
  EventLoop loop;
  Pair one;
  Pair two;
  int calls = 0;
  const auto forget_both = [&](Readiness) {
    ++calls;
    loop.forget(one.near.number());
    loop.forget(two.near.number());
    loop.call_soon([&] { loop.stop(); });
  };
  loop.watch(one.near.number(), {.read = true}, forget_both);
  loop.watch(two.near.number(), {.read = true}, forget_both);
  write_byte(one.far);
  write_byte(two.far);
  loop.run();
  CHECK(calls == 1);
}

TEST_CASE("a number that is another descriptor's by now does not inherit events") {
  EventLoop loop;
  Pair one;
  Pair two;
  bool inherited = false;
  const auto replace_other = [&](const Descriptor& other) {
    loop.forget(other.number());
    loop.watch(other.number(), {.write = false}, [&](Readiness) { inherited = true; });
    loop.call_soon([&] { loop.stop(); });
  };
  loop.watch(one.near.number(), {.read = true}, [&](Readiness) {
    loop.forget(one.near.number());
    replace_other(two.near);
  });
  loop.watch(two.near.number(), {.read = true}, [&](Readiness) {
    loop.forget(two.near.number());
    replace_other(one.near);
  });
  write_byte(one.far);
  write_byte(two.far);
  loop.run();
  CHECK_FALSE(inherited);
}

TEST_CASE("timers go off in order, and a cancelled one does not") {
  EventLoop loop;
  std::string order;
  loop.call_after(3ms, [&] {
    order += '3';
    loop.stop();
  });
  loop.call_after(1ms, [&] { order += '1'; });
  const auto cancelled = loop.call_after(2ms, [&] { order += '2'; });
  loop.call_soon([&] {
    order += '0';
    loop.cancel(cancelled);
    loop.cancel(0);
  });
  loop.run();
  CHECK(order == "013");
}

TEST_CASE("what is posted from another thread runs in the loop's, in order") {
  EventLoop loop;
  std::string order;
  std::thread::id ran_in;
  std::thread other([&] {
    loop.post([&] { order += 'a'; });
    loop.post([&] {
      order += 'b';
      ran_in = std::this_thread::get_id();
      loop.stop();
    });
  });
  loop.run();
  other.join();
  CHECK(order == "ab");
  CHECK(ran_in == std::this_thread::get_id());
}

TEST_CASE("an interest can be changed: a full pipe is waited for only when asked") {
  EventLoop loop;
  Pair pair;
  std::string happened;
  loop.watch(pair.near.number(), {.read = true}, [&](Readiness ready) {
    if (ready.write) {
      happened += 'w';
      loop.stop();
      return;
    }
    happened += 'r';
    read_byte(pair.near);
    loop.change_interest(pair.near.number(), {.write = true});
  });
  write_byte(pair.far);
  loop.run();
  CHECK(happened == "rw");
}
