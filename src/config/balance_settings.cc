#include "config/balance_settings.h"

#include "base/text.h"
#include "config/settings_reader.h"

namespace start_claude::config {
namespace {

constexpr long long hour_ms = 3'600'000;
constexpr long long day_seconds = 86'400;

/// The object of that name, or an empty one; complains if it is something else.
json::Object section(const json::Value* parent, std::string_view name,
                     std::optional<std::string>& complaint) {
  const json::Value* member = parent != nullptr ? parent->find(name) : nullptr;
  if (member == nullptr || member->is_null()) return {};
  if (const json::Object* object = member->as_object()) return *object;
  if (!complaint) complaint = std::string(name) + " is not an object";
  return {};
}

/// Reads one section and passes its first complaint on, with the section's name.
class SectionReader {
 public:
  SectionReader(const json::Value* parent, std::string_view name,
                std::optional<std::string>& complaint)
      : name_(name),
        complaint_(complaint),
        object_(section(parent, name, complaint)),
        reader_(object_) {}
  SectionReader(const SectionReader&) = delete;
  SectionReader& operator=(const SectionReader&) = delete;
  ~SectionReader() {
    if (!complaint_ && reader_.complaint()) complaint_ = name_ + "." + *reader_.complaint();
  }

  SettingsReader* operator->() { return &reader_; }

  void milliseconds(std::string_view name, std::chrono::milliseconds& value, long long min) {
    if (const auto number = reader_.number(name, {min, hour_ms})) {
      value = std::chrono::milliseconds(*number);
    }
  }

 private:
  std::string name_;
  std::optional<std::string>& complaint_;
  json::Object object_;
  SettingsReader reader_;
};

void read_strategy(const json::Value& settings, BalanceSettings& balance,
                   std::optional<std::string>& complaint) {
  SectionReader mode(&settings, "balanceMode", complaint);
  const auto text = mode->text("strategy");
  if (!text) return;
  if (const auto strategy = parse_strategy(*text)) {
    balance.strategy = *strategy;
  } else {
    mode->complain("strategy", "is neither Fallback, Polling nor Speed First");
  }
}

}  // namespace

Result<BalanceSettings> balance_settings_from(const json::Value& document) {
  BalanceSettings balance;
  const json::Value* settings = document.find("settings");
  const json::Value* mode = settings != nullptr ? settings->find("balanceMode") : nullptr;
  if (mode == nullptr || mode->is_null()) return balance;
  std::optional<std::string> complaint;
  read_strategy(*settings, balance, complaint);
  {
    SectionReader health(mode, "healthCheck", complaint);
    balance.checks_health = health->truth("enabled").value_or(balance.checks_health);
    health.milliseconds("intervalMs", balance.health_interval, 1'000);
  }
  {
    SectionReader failed(mode, "failedEndpoint", complaint);
    if (const auto ban = failed->number("banDurationSeconds", {1, day_seconds})) {
      balance.ban = std::chrono::seconds(*ban);
    }
  }
  {
    SectionReader speed(mode, "speedFirst", complaint);
    speed.milliseconds("responseTimeWindowMs", balance.response_time_window, 1'000);
    if (const auto samples = speed->number("minSamples", {1, 100})) {
      balance.samples_min = static_cast<std::size_t>(*samples);
    }
  }
  {
    SectionReader timeouts(mode, "timeouts", complaint);
    timeouts.milliseconds("connectMs", balance.connect_timeout, 100);
    timeouts.milliseconds("firstByteMs", balance.first_byte_timeout, 100);
    timeouts.milliseconds("stallMs", balance.stall_timeout, 100);
  }
  if (complaint) {
    return Error{ErrorKind::invalid_data, "in settings.balanceMode, " + *complaint,
                 "mend it in config.json; what is left out has its default"};
  }
  return balance;
}

std::string_view format_strategy(BalanceStrategy strategy) {
  switch (strategy) {
    case BalanceStrategy::fallback: return "fallback";
    case BalanceStrategy::polling: return "polling";
    case BalanceStrategy::speed_first: return "speed-first";
  }
  return "";
}

std::optional<BalanceStrategy> parse_strategy(std::string_view text) {
  std::string letters;
  for (const char c : base::to_lower(text)) {
    if (c != ' ' && c != '-' && c != '_') letters += c;
  }
  if (letters == "fallback") return BalanceStrategy::fallback;
  if (letters == "polling") return BalanceStrategy::polling;
  if (letters == "speedfirst") return BalanceStrategy::speed_first;
  return std::nullopt;
}

}  // namespace start_claude::config
