// s3-serve: the embedded S3 server in the foreground.
#include <memory>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "server/http_server.h"
#include "server/s3_service.h"

namespace start_claude::cli {
namespace {

Result<s3::Credentials> credentials_for(Host& host, const ServeOptions& options) {
  if (!options.access_key_id && !options.secret_access_key_file) {
    return server::random_credentials(host.random);
  }
  if (!options.access_key_id || !options.secret_access_key_file) {
    return Error{ErrorKind::usage, "--access-key-id and --secret-access-key-file go together",
                 "give both, or neither to have a pair made up"};
  }
  const std::string& path = *options.secret_access_key_file;
  std::string text;
  if (path == "-") {
    text = host.terminal.read_all();
  } else {
    auto read = host.files.read(path);
    if (const auto* failure = std::get_if<platform::FileFailure>(&read)) {
      return platform::disk_error("read", path, *failure);
    }
    text = std::get<platform::FileContent>(std::move(read)).bytes;
  }
  return s3::Credentials{.access_key_id = *options.access_key_id,
                         .secret_access_key = Secret(std::string(base::trim(text)))};
}

std::string url_of(const ServeOptions& options, std::uint16_t port) {
  const bool is_ipv6 = options.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + options.host + "]" : options.host;
  return "http://" + host + ":" + std::to_string(port);
}

void trace(ui::Console& console, const server::ServedRequest& served) {
  std::string line =
      served.method + " " + base::printable(served.path) + "  " + std::to_string(served.status);
  if (!served.error_code.empty()) line += " " + served.error_code;
  console.trace(line + "  " + std::to_string(served.took.count()) + " ms");
}

}  // namespace

Result<int> run_serve(Host& host, ui::Console& console, const Options& options) {
  auto credentials = credentials_for(host, options.serve);
  if (!credentials) return std::move(credentials).error();
  const bool made_up = !options.serve.access_key_id;
  auto service = server::S3Service::open(
      host.files, host.clock, host.random,
      {.folder = options.serve.folder,
       .credentials = *credentials,
       .report = [&](const server::ServedRequest& served) { trace(console, served); }});
  if (!service) return std::move(service).error();
  server::HttpServer server(**service, host.clock);
  auto bound = server.bind(
      {.host = options.serve.host, .port = static_cast<std::uint16_t>(options.serve.port)});
  if (!bound) return std::move(bound).error();
  console.say("Serving " + options.serve.folder + " at " +
              url_of(options.serve, server.bound_port()) + "; Ctrl+C stops it.");
  if (made_up) {
    console.say("  access key id      " + credentials->access_key_id);
    console.say("  secret access key  " + credentials->secret_access_key.reveal());
    console.say("They are made up anew at each start; --access-key-id keeps your own.");
  }
  auto served = server.serve();
  if (!served) return std::move(served).error();
  return 0;
}

}  // namespace start_claude::cli
