#include "simulation/world.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/document.h"
#include "json/write.h"
#include "platform/in_place.h"
#include "sync/object_metadata.h"
#include "sync/state.h"

namespace start_claude::simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using support::StoreFault;
using support::StoreOperation;

constexpr std::array<const char*, 12> names = {"lark",  "heron", "wren", "kite",  "robin", "finch",
                                               "crane", "swift", "owl",  "raven", "tern",  "dove"};
/// Longer values, and more in all, are refused by OpenStack Swift and by Amazon S3.
constexpr std::size_t metadata_value_max = 256;
constexpr std::size_t metadata_max = 1'500;
const std::array<std::string, 8> fields = {
    "alpha.model", "alpha.env.A",    "alpha.env.B",           "beta.model",
    "beta.url",    "settings.theme", "settings.balance.port", "gamma.model"};
const std::string secret = "hush-hush";

}  // namespace

World::World(const Scenario& scenario) : scenario_(scenario), random_(scenario.seed) {
  buckets_.create(support::device_object.bucket);
  draw_odds();
  make_store();
  make_devices();
}

void World::draw_odds() {
  const auto one_of = [&](std::initializer_list<std::uint64_t> odds) {
    return odds.begin()[random_.below(odds.size())];
  };
  odds_.switches = one_of({2, 4, 12, 40});
  odds_.store_fault = one_of({0, 0, 20, 5});
  odds_.read_denied = one_of({0, 0, 20, 4});
  odds_.crash = one_of({0, 0, 300, 60});
  odds_.edit_meanwhile = one_of({0, 0, 200, 40});
  odds_.disk_full = one_of({0, 0, 0, 8});
  odds_.clock_jump = one_of({0, 0, 6});
  odds_.has_one_way_uploads = one_in(4);
  odds_.has_foreigner = one_in(4);
  odds_.foreigner_destroys = odds_.has_foreigner && one_in(3);
  odds_.has_own_fields = one_in(6);
  odds_.copy = one_of({0, 0, 0, 12});
  odds_.restore = one_of({0, 0, 0, 12});
}

void World::make_store() {
  using support::ConditionSupport;
  using support::ETagKind;
  auto& traits = buckets_.traits();
  switch (scenario_.store) {
    case StoreKind::conditional:
    case StoreKind::unquoted: break;
    case StoreKind::create_only:
    case StoreKind::create_not_atomic: traits.if_match = ConditionSupport::ignored; break;
    case StoreKind::ignoring:
      traits.if_match = traits.if_none_match = ConditionSupport::ignored;
      break;
    case StoreKind::refusing:
      traits.if_match = traits.if_none_match = ConditionSupport::refused;
      break;
  }
  traits.etag_kind = one_in(2) ? ETagKind::of_content : ETagKind::per_write;
  if (!store_guards() && one_in(6)) traits.etag_kind = ETagKind::weak;
}

void World::make_devices() {
  const std::size_t count = one_in(8) ? 5 + random_.below(8) : 2 + random_.below(3);
  for (std::size_t i = 0; i < count; ++i) {
    devices_.push_back(std::make_unique<Device>(buckets_, names[i], random_.next()));
    Device& device = *devices_.back();
    connect(device);
    device.files.exchanges = !one_in(8);
    // By the number itself, so that what the others of a seed do stays what it was.
    const bool is_mounted = (scenario_.seed + i) % 8 == 5;
    if (is_mounted) device.files.mounted.insert(support::device_config);
    json::Value document = json::Object{{"configs", json::Array{}}};
    // Mostly one machine begins and the others join; sometimes each has its own.
    if (i == 0 || one_in(6)) {
      for (const std::string& field : fields) {
        if (one_in(3)) continue;
        const std::string value = ledger_.new_value(device.name);
        set_field(document, field, value);
        ledger_.add({.field = field, .value = value, .author = device.name, .over = ""});
      }
    }
    document = config::with_s3_sync(std::move(document),
                                    json::Object{{"secretAccessKey", secret + "-" + device.name}});
    device.save(json::write_pretty(document), true);
  }
}

void World::connect(Device& device) {
  device.files.before_operation = [this, &device](std::string_view operation,
                                                  const std::string& path) {
    step(device, operation, path);
  };
  device.files.refuse = [&device](std::string_view operation,
                                  const std::string&) -> std::optional<platform::FileFailure> {
    const bool needs_space = operation == "create" || operation == "create: write" ||
                             operation == "append" || operation == "append: write";
    if (!device.disk_is_full || device.is_saving || !needs_space) return std::nullopt;
    return platform::FileFailure{platform::FileFailureKind::no_space, "No space left on device"};
  };
  device.network.set_hook([this, &device](const support::StoreCall& call) {
    step(device, call.operation == StoreOperation::put ? "PUT" : "GET", "");
    return store_fault(call);
  });
  device.clock.after_sleep = [this, &device](milliseconds slept) {
    server_clock_.advance(slept);
    for (auto& other : devices_) {
      if (other.get() != &device) other->clock.advance(slept);
    }
  };
  if (scenario_.store == StoreKind::unquoted) {
    device.server.emplace(buckets_, support::device_object, device.name);
    device.server->before_request = [this, &device](const http::Request& request) {
      step(device, request.method, "");
      return http_fault(device, request);
    };
  }
  device.store.mistake = device.simulated_files.mistake = scenario_.mistake;
  device.store.creates_without_atomicity = scenario_.store == StoreKind::create_not_atomic;
  device.store.hooks = {
      .put_fault = [this] { return put_fault(); },
      .before_answer = [this, &device] { step(device, "answer", ""); },
      .postpone = [this](LateRequest r) { late_.push_back(std::move(r)); },
      .overwrote_unread =
          [this](const std::string& replaced) {
            const auto was = config::parse_document(replaced);
            if (was) ledger_.overwritten_unread(*was);
            clock_doubts_.insert(
                "a store that does not guard let a write "
                "replace what its device had not read");
          },
      .put_unread =
          [this, &device] {
            verdict_.broken.push_back(device.name + " put unguarded, and had read nothing");
          },
      .local_text = [&device] { return device.text(); },
      .before_put =
          [this, &device](const s3::PutRequest& request) {
            const sync::VersionVector clock = sync::parse_object_metadata(request.metadata).clock;
            say(device.name, "puts " + sync::format_clock(clock));
            std::size_t bytes = 0;
            for (const auto& [name, value] : request.metadata) {
              bytes += name.size() + value.size();
              if (value.size() > metadata_value_max) {
                verdict_.broken.push_back("the metadata " + name + " is too long for some stores");
              }
            }
            if (bytes > metadata_max) {
              verdict_.broken.push_back("all metadata together is too long for some stores");
            }
            if (clock.is_cut) clock_doubts_.insert("more machines than a clock has room for");
          }};
  device.simulated_files.half_written = [this, &device] { step(device, "half written", ""); };
  if (scenario_.mistake == Mistake::done_before_deed) {
    device.simulated_files.before_replacing = [&device] { device.note_done_early(); };
  }
  device.person.below = [this](std::uint64_t bound) { return random_.below(bound); };
  device.person.told = &told_;
  device.person.think = [this] {
    if (is_quiet_) return;
    pass(seconds(random_.below(600)));
    fibers_.yield();
  };
}

void World::say(const std::string& who, const std::string& what) {
  if (scenario_.traced) verdict_.trace.push_back(who + ": " + what);
}

void World::pass(milliseconds time) {
  server_clock_.advance(time);
  for (auto& device : devices_) device->clock.advance(time);
}

void World::pass_some_time() {
  switch (random_.below(4)) {
    case 0: break;
    case 1: pass(milliseconds(random_.below(3'000))); break;
    case 2: pass(seconds(random_.below(900))); break;
    case 3: pass(minutes(random_.below(3'000))); break;
  }
}

void World::jump(Device& device) {
  const std::array<milliseconds, 7> skews = {milliseconds(0), seconds(20),  seconds(-40),
                                             minutes(10),     minutes(-10), hours(72),
                                             hours(-24 * 400)};
  const milliseconds skew = skews[random_.below(skews.size())];
  say(device.name, "the clock is now off by " + std::to_string(skew.count()) + " ms");
  device.clock.set_skew(skew);
}

void World::step(Device& device, std::string_view operation, const std::string& path) {
  if (device.is_down || device.is_saving) return;
  const bool changes = operation == "create" || operation == "rename" || operation == "remove" ||
                       operation == "exchange" || operation == "rename_to_free" ||
                       operation == "set_modified" || operation == "make_folder" ||
                       operation == "append";
  if (changes) ++device.file_changes;
  say(device.name, std::string(operation) + " " + path);
  if (is_quiet_) return;
  pass(milliseconds(1 + random_.below(20)));
  if (!late_.empty() && one_in(10)) deliver_late();
  // An edit that is only in the file that came out of an exchange is the rarest of states.
  const bool is_displaced = std::exchange(device.typed_at_exchange, false) && odds_.crash != 0;
  if (one_in(odds_.crash) || (is_displaced && one_in(2))) {
    device.is_down = true;
    throw CutOff{};
  }
  fibers_.yield();
  // Where files cannot be exchanged, the moment between the last look at config.json and the rename
  // over it is not promised.
  const bool is_blind_moment =
      !device.files.exchanges && path.find("/.config.json.") != path.npos &&
      (operation == "rename" || operation == "exchange" || operation == "rename_to_free");
  const bool is_in_place = device.files.mounted.contains(path) &&
                           (operation.starts_with("overwrite") || operation == "set_modified");
  if (is_blind_moment || is_in_place) return;
  // The moment that is hardest to get right would otherwise come up in one seed of a thousand.
  const bool is_exchange = operation == "exchange";
  if (is_exchange && !device.saves_since_exchange) device.saves_since_exchange = 0;
  if (!one_in(is_exchange ? (odds_.edit_meanwhile + 3) / 4 : odds_.edit_meanwhile)) return;
  edit(device);
  device.typed_at_exchange = is_exchange;
}

void World::edit(Device& device) {
  // Nobody edits a file that a cut-off write has left half written.
  const bool was_saving = std::exchange(device.is_saving, true);
  const bool is_half_written =
      platform::has_file_half_written(device.files, support::device_config);
  device.is_saving = was_saving;
  if (is_half_written) return;
  json::Value document = device.document();
  if (document.as_object() == nullptr) return;
  pass(milliseconds(1));
  const std::string field =
      odds_.has_own_fields ? "alpha.env." + device.name : fields[random_.below(fields.size())];
  const std::string value = ledger_.new_value(device.name);
  const std::string* over = field_of(document, field);
  ledger_.add(
      {.field = field,
       .value = value,
       .author = device.name,
       .over = over != nullptr ? *over : "",
       .sight = device.is_running || device.has_unfinished_run ? Sight::clouded : Sight::clear});
  say(device.name, "EDIT " + field + " to " + value + (over != nullptr ? " over " + *over : ""));
  set_field(document, field, value);
  if (device.is_running && device.saves_since_exchange && ++*device.saves_since_exchange == 2) {
    device.imprecisions.insert("config.json was saved twice while it was exchanged");
  }
  device.save(json::write_pretty(document), one_in(2), one_in(2));
  pass(milliseconds(1));
}

void World::sync(Device& device, const sync::RunRequest& request) {
  device.is_running = true;
  device.ledger_at_begin = ledger_.now();
  device.saves_since_exchange.reset();
  device.simulated_files.run_begins();
  device.store.run_begins(support::device_object);
  if (device.server) device.connect_by_http();
  std::optional<Result<sync::RunReport>> report;
  try {
    sync::Engine engine(
        {device.simulated_files, device.clock, device.random, device.store, device.person},
        {.paths = sync::paths_beside(support::device_config),
         .remote = device_remote,
         .host_name = device.name});
    report = engine.run(request);
  } catch (const CutOff&) {
    report.reset();
  }
  if (!report) {
    device.has_unfinished_run = true;
    // What it decided it cannot have told anybody.
    told_.about_everything("a run that is killed cannot say what it decided");
    device.simulated_files.run_was_cut_off();
    const bool power = random_.below(2) == 0;
    if (power) device.lose_power(random_);
    say(device.name, power ? "THE POWER GOES" : "KILLED");
    if (!device.files.exchanges || device.files.mounted.contains(support::device_config)) {
      device.imprecisions.insert("a run was cut off where nothing is exchanged");
    }
  } else {
    take_down(device, *report);
  }
  device.is_running = device.is_down = false;
}

void World::check_conflict(const Device& device, const resolve::FieldChange& told) {
  // What others settled while it ran it need not have known.
  const std::string why = ledger_.why_no_conflict(told, device.ledger_at_begin);
  if (why.empty()) return;
  say(device.name, "NO CONFLICT " + why);
  const std::string words = "a conflict that is none was told (" + why + ")";
  Reasons doubts = clock_doubts_;
  doubts.insert(device.imprecisions.begin(), device.imprecisions.end());
  if (doubts.empty()) verdict_.broken.push_back(words);
  for (const std::string& doubt : doubts) ++verdict_.excuses["not precise: " + doubt];
}

void World::doubt_homes() {
  clock_doubts_.insert("a home was copied, or came back, with an edit that had not gone up");
}

bool World::has_gone_up(const std::map<std::string, std::string>& home) const {
  const auto found = home.find(support::device_config);
  const auto document =
      found != home.end() ? config::parse_document(found->second) : config::parse_document("");
  const auto& states = buckets_.states(support::device_object);
  return document && home.contains(journal_path) &&
         std::any_of(states.begin(), states.end(), [&](const support::MemoryState& state) {
           const auto stored = config::parse_document(state.body);
           return stored && config::revision_of(*stored) == config::revision_of(*document);
         });
}

void World::copy_home(Device& device) {
  const Device& other = *devices_[random_.below(devices_.size())];
  if (&other == &device || other.is_running || other.has_unfinished_run) return;
  if (device.has_unfinished_run) return;
  lost_journals_ += device.files.text_of(journal_path).value_or("");
  say(device.name, "BECOMES A COPY OF " + other.name);
  if (!has_gone_up(other.home())) doubt_homes();
  // What only this one had went with it.
  ledger_.destroyed_on(device.document());
  json::Value document = other.document();
  auto home = other.home();
  if (document.as_object() != nullptr) {
    document = config::with_s3_sync(config::without_s3_sync(document),
                                    json::Object{{"secretAccessKey", secret + "-" + device.name}});
    home[support::device_config] = json::write_pretty(document);
  }
  device.become(home);
}

void World::restore_home(Device& device) {
  if (device.has_unfinished_run) return;
  if (device.backup.empty() || random_.below(2) == 0) {
    device.backup = device.home();
    device.is_backup_up = has_gone_up(device.backup);
    return;
  }
  say(device.name, "IS RESTORED FROM A BACKUP");
  if (!device.is_backup_up) doubt_homes();
  lost_journals_ += device.files.text_of(journal_path).value_or("");
  ledger_.destroyed_on(device.document());
  device.become(device.backup);
}

void World::take_down(const Device& of, const Result<sync::RunReport>& report) {
  auto& device = *std::find_if(devices_.begin(), devices_.end(), [&](const auto& known) {
                    return known.get() == &of;
                  })->get();
  if (!report) {
    say(device.name, "ERROR " + report.error().message);
    device.has_unfinished_run = true;
    told_.about_everything("a run that fails says why, and no fields");
    return;
  }
  using resolve::Cause;
  say(device.name, "has " + json::write_compact(device.document()));
  say(device.name, "END result " + std::to_string(static_cast<int>(report->result)) + " cause " +
                       std::to_string(static_cast<int>(report->cause)));
  for (const auto& conflict : report->conflicts) {
    say(device.name, "conflict " + resolve::format_path(conflict.path));
  }
  if (report->result != sync::RunResult::held) {
    device.has_unfinished_run = false;
    const auto remote = config::parse_document(remote_text());
    const bool is_equal =
        remote && config::revision_of(device.document()) == config::revision_of(*remote);
    if (is_equal) device.vouch();
  }
  for (const auto& conflict : report->conflicts) check_conflict(device, conflict);
  told_.about(report->conflicts);
  if (report->merge) told_.about(report->merge->conflicts);
  if (report->result != sync::RunResult::held) {
    for (const auto& conflict : report->conflicts) ledger_.settled(conflict);
  }
  const bool names_no_fields =
      report->cause == Cause::local_newer || report->cause == Cause::first_download ||
      report->cause == Cause::remote_newer || report->cause == Cause::times_too_close ||
      report->cause == Cause::times_untrusted;
  if (names_no_fields && report->conflicts.empty()) {
    told_.about_everything("without an ancestor a run says which side is newer, and no fields");
  }
}

void World::sync_somehow(Device& device) {
  using resolve::Direction;
  using resolve::Occasion;
  device.disk_is_full = one_in(odds_.disk_full);
  const std::uint64_t kind = random_.below(10);
  const Occasion occasion = kind < 7 ? Occasion::unattended : Occasion::by_hand;
  const Direction direction = kind == 5                                ? Direction::down
                              : kind == 6 && odds_.has_one_way_uploads ? Direction::up
                                                                       : Direction::both;
  say(device.name, std::string("SYNC ") +
                       (occasion == Occasion::by_hand ? "by hand" : "unattended") +
                       (direction == Direction::up     ? ", up"
                        : direction == Direction::down ? ", down"
                                                       : "") +
                       (device.disk_is_full ? ", the disk is full" : ""));
  sync(device, {.direction = direction, .occasion = occasion});
  device.disk_is_full = false;
}

void World::live(Device& device) {
  const std::uint64_t actions = 3 + random_.below(5);
  for (std::uint64_t i = 0; i < actions; ++i) {
    fibers_.yield();
    if (one_in(odds_.clock_jump)) jump(device);
    if (one_in(odds_.copy)) copy_home(device);
    if (one_in(odds_.restore)) restore_home(device);
    if (random_.below(2) == 0) {
      edit(device);
    } else {
      sync_somehow(device);
    }
    pass_some_time();
  }
}

StoreFault World::store_fault(const support::StoreCall& call) {
  if (call.operation == StoreOperation::get && denies_read(call.device)) {
    return StoreFault::access_denied;
  }
  if (is_quiet_ || !one_in(odds_.store_fault)) return StoreFault::none;
  const bool may_be_stale =
      scenario_.store == StoreKind::ignoring || scenario_.store == StoreKind::refusing;
  struct Named {
    StoreFault fault;
    const char* name;
  };
  constexpr std::array<Named, 8> faults = {
      {{StoreFault::request_lost, "request lost"},
       {StoreFault::answer_lost, "answer lost"},
       {StoreFault::server_error, "500"},
       {StoreFault::server_error_after_effect, "500 after the effect"},
       {StoreFault::slow_down, "503 SlowDown"},
       {StoreFault::too_many_requests, "429 TooManyRequests"},
       {StoreFault::conflict, "409 ConditionalRequestConflict"},
       {StoreFault::stale_read, "stale read"}}};
  const auto& [fault, name] = faults[random_.below(may_be_stale ? 8 : 7)];
  say(call.device, std::string("FAULT ") + name);
  return fault;
}

bool World::denies_read(const std::string& device) {
  if (is_quiet_ || !one_in(odds_.read_denied)) return false;
  say(device, "FAULT 403 to a read");
  return true;
}

HttpFault World::http_fault(const Device& device, const http::Request& request) {
  if (request.method == "GET" && denies_read(device.name)) return HttpFault::read_denied;
  if (is_quiet_ || !one_in(odds_.store_fault)) return HttpFault::none;
  struct Named {
    HttpFault fault;
    const char* name;
  };
  constexpr std::array<Named, 7> faults = {
      {{HttpFault::request_lost, "request lost"},
       {HttpFault::answer_lost, "answer lost"},
       {HttpFault::server_error, "500"},
       {HttpFault::server_error_after_effect, "500 after the effect"},
       {HttpFault::slow_down, "503 SlowDown"},
       {HttpFault::too_many_requests, "429 TooManyRequests"},
       {HttpFault::conflict, "409 ConditionalRequestConflict"}}};
  const auto& [fault, name] = faults[random_.below(faults.size())];
  say(device.name, std::string("FAULT ") + name);
  return fault;
}

PutFault World::put_fault() {
  if (is_quiet_ || !one_in(odds_.store_fault)) return PutFault::none;
  struct Named {
    PutFault fault;
    const char* name;
  };
  constexpr std::array<Named, 3> faults = {{{PutFault::refused_once, "412 for no reason"},
                                            {PutFault::delivered_twice, "delivered twice"},
                                            {PutFault::delivered_late, "delivered late"}}};
  const auto& [fault, name] = faults[random_.below(faults.size())];
  say("network", std::string("FAULT ") + name);
  return fault;
}

void World::deliver_late() {
  const LateRequest request = std::move(late_.front());
  late_.pop_front();
  const std::string before = remote_text();
  auto outcome =
      network_.put(support::device_object, {.body = request.body, .metadata = request.metadata},
                   request.precondition);
  if (!outcome || !std::holds_alternative<s3::Stored>(*outcome)) return;
  say("network", "DELIVERED LATE");
  if (store_guards()) return;
  const std::string late = "a store that does not guard took a write long after it was sent";
  clock_doubts_.insert(late);
  told_.about_everything(late);
  const auto was = config::parse_document(before);
  const auto is = config::parse_document(request.body);
  if (was && is) ledger_.overwritten_blindly(*was, *is, late);
}

}  // namespace start_claude::simulation
