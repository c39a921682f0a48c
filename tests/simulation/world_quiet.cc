// The foreign program, the quiet after the chaos, and the promises.
#include <algorithm>

#include "config/document.h"
#include "json/write.h"
#include "simulation/world.h"

namespace start_claude::simulation {
namespace {

constexpr int rounds_by_hand_max = 8;
const std::string foreign_field = "gamma.model";
const std::string foreign_writer = "a foreign program wrote blindly and without a clock";

}  // namespace

std::string World::remote_text() const {
  const auto* state = buckets_.find(support::device_object);
  return state != nullptr ? state->body : "";
}

void World::store_as_foreigner(const std::string& body, const json::Value* seen) {
  const auto before = config::parse_document(remote_text());
  const auto after = config::parse_document(body);
  clock_doubts_.insert(foreign_writer);
  // Where nothing guards, who is overwritten by a program without a clock may never hear of it.
  if (!store_guards()) told_.about_everything(foreign_writer);
  if (before && seen == nullptr) {
    ledger_.destroyed(*before);
    // Who repairs it need not have seen all of it, and the next foreign write hides even that.
    told_.about_everything("a foreign program destroyed the object, and it was repaired");
  }
  if (before && after && seen != nullptr) {
    // Its own edit apart, it takes back whatever came since it read.
    json::Value without_own_edit = *seen;
    ledger_.overwritten_blindly(*before, without_own_edit, foreign_writer);
  }
  support::MemoryState state;
  state.body = body;
  state.device = "foreigner";
  buckets_.store(support::device_object, std::move(state));
}

void World::live_as_foreigner() {
  const std::uint64_t actions = 1 + random_.below(4);
  for (std::uint64_t i = 0; i < actions; ++i) {
    const std::uint64_t idle = random_.below(60);
    for (std::uint64_t k = 0; k < idle; ++k) fibers_.yield();
    auto seen = config::parse_document(remote_text());
    if (!seen || config::shape_of(*seen) != config::Shape::document) continue;
    if (odds_.foreigner_destroys && one_in(3)) {
      say("foreigner", "PUTS {}");
      store_as_foreigner("{}", nullptr);
      continue;
    }
    for (std::uint64_t k = random_.below(20); k > 0; --k) fibers_.yield();
    json::Value edited = *seen;
    const std::string value = ledger_.new_value("foreigner");
    const std::string* over = field_of(*seen, foreign_field);
    say("foreigner", "EDIT " + foreign_field + " to " + value);
    const std::string was = over != nullptr ? *over : "";
    set_field(edited, foreign_field, value);
    store_as_foreigner(json::write_pretty(edited), &*seen);
    ledger_.add({.field = foreign_field,
                 .value = value,
                 .author = "foreigner",
                 .over = was,
                 .sight = Sight::clear,
                 .is_foreign = true});
  }
}

bool World::has_converged() const {
  if (remote_text().empty()) {
    // Nobody ever had a profile: settings alone are not worth an object.
    return std::all_of(devices_.begin(), devices_.end(), [](const auto& device) {
      return config::entry_count(device->document()) == 0;
    });
  }
  const auto remote = config::parse_document(remote_text());
  if (!remote) return false;
  const std::string revision = config::revision_of(*remote);
  return std::all_of(devices_.begin(), devices_.end(), [&](const auto& device) {
    return config::revision_of(device->document()) == revision;
  });
}

void World::settle() {
  is_quiet_ = true;
  say("world", "QUIET");
  while (!late_.empty()) deliver_late();
  if (random_.below(2) == 0) {
    for (auto& device : devices_) device->clock.set_skew(std::chrono::milliseconds(0));
  }
  for (int round = 0; round < 2; ++round) {
    for (auto& device : devices_) {
      pass(std::chrono::seconds(10));
      sync(*device, {.occasion = resolve::Occasion::unattended});
    }
  }
  for (int round = 0; round < rounds_by_hand_max && !has_converged(); ++round) {
    for (auto& device : devices_) {
      pass(std::chrono::seconds(10));
      sync(*device, {.occasion = resolve::Occasion::by_hand});
    }
  }
}

std::size_t World::changes() const {
  std::size_t sum = buckets_.write_count();
  for (const auto& device : devices_) sum += device->file_changes;
  return sum;
}

void World::check_rest() {
  // The first run after the last change may still have something to remember.
  for (auto& device : devices_) sync(*device, {.occasion = resolve::Occasion::unattended});
  const std::size_t before = changes();
  for (auto& device : devices_) sync(*device, {.occasion = resolve::Occasion::unattended});
  if (changes() != before) verdict_.broken.push_back("a sync of what is in sync wrote something");
}

void World::check() {
  if (!has_converged()) {
    verdict_.broken.push_back("the devices and the bucket are not equal in the end");
    return;
  }
  check_rest();
  // Then every edit is where it was made.
  if (remote_text().empty()) return;
  const auto outcome = config::parse_document(remote_text());
  const auto is_recoverable = [&](const std::string& value) {
    return lost_journals_.find(value) != std::string::npos ||
           std::any_of(devices_.begin(), devices_.end(),
                       [&](const auto& device) { return device->remembers(value); });
  };
  Judged judged = ledger_.judge({.outcome = *outcome,
                                 .told = told_,
                                 .is_recoverable = is_recoverable,
                                 .clock_doubts = clock_doubts_});
  verdict_.excuses = std::move(judged.excuses);
  for (std::string& broken : judged.broken) verdict_.broken.push_back(std::move(broken));
  for (const auto& state : buckets_.states(support::device_object)) {
    if (state.body.find("hush-hush") != std::string::npos) {
      verdict_.broken.push_back("a secret of settings.s3Sync was in the bucket");
      break;
    }
  }
  for (const auto& device : devices_) {
    if (device->text().find("hush-hush-" + device->name) == std::string::npos) {
      verdict_.broken.push_back(device->name + " has lost its settings.s3Sync");
    }
  }
}

Verdict World::run() {
  for (auto& device : devices_) {
    fibers_.spawn([this, &on = *device] { live(on); });
  }
  if (odds_.has_foreigner) fibers_.spawn([this] { live_as_foreigner(); });
  // Who is running mostly goes on running, in some seeds more than in others.
  std::size_t last = 0;
  fibers_.run([&](std::size_t count) {
    if (last >= count || one_in(odds_.switches)) last = random_.below(count);
    return last;
  });
  settle();
  check();
  return std::move(verdict_);
}

Verdict simulate(const Scenario& scenario) { return World(scenario).run(); }

}  // namespace start_claude::simulation
