// s3-serve on a free port of 127.0.0.1, in a thread of its own, over a folder that goes with it.
//
// For test programs that link the server layer; the others see no more than this name.
#pragma once

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "platform/posix_clock.h"
#include "platform/posix_filesystem.h"
#include "platform/posix_random.h"
#include "s3/credentials.h"
#include "server/http_server.h"
#include "server/s3_service.h"
#include "support/temporary_folder.h"

namespace start_claude::support {

class RunningS3Server {
 public:
  explicit RunningS3Server(s3::Credentials credentials, server::HttpServerLimits limits = {}) {
    auto opened = server::S3Service::open(
        files_, clock_, random_, {.folder = folder_.path(), .credentials = std::move(credentials)});
    if (!opened) throw std::runtime_error(opened.error().message);
    service_ = *std::move(opened);
    server_ = std::make_unique<server::HttpServer>(*service_, clock_, limits);
    if (const auto bound = server_->bind({"127.0.0.1", 0}); !bound) {
      throw std::runtime_error(bound.error().message);
    }
    thread_ = std::thread([this] { served_well_ = server_->serve().has_value(); });
  }
  ~RunningS3Server() { stop(); }
  RunningS3Server(const RunningS3Server&) = delete;
  RunningS3Server& operator=(const RunningS3Server&) = delete;

  void stop() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }
  /// After stop(): whether it served until then.
  bool served_well() const { return served_well_; }

  std::uint16_t port() const { return server_->bound_port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  platform::PosixClock& clock() { return clock_; }
  platform::PosixRandom& random() { return random_; }

 private:
  platform::PosixFileSystem files_;
  platform::PosixClock clock_;
  platform::PosixRandom random_;
  TemporaryFolder folder_;
  std::unique_ptr<server::S3Service> service_;
  std::unique_ptr<server::HttpServer> server_;
  std::atomic<bool> served_well_ = false;
  std::thread thread_;
};

}  // namespace start_claude::support
