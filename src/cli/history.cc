// s3-history: what there was, here and in the bucket; what one of them says, and what it changed.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/machine_memory.h"
#include "cli/revision_list.h"
#include "config/document.h"
#include "config/secret_mask.h"
#include "json/write.h"
#include "ui/effects.h"
#include "ui/names.h"
#include "ui/report.h"
#include "ui/table.h"

namespace start_claude::cli {
namespace {

json::Value count_value(std::size_t count) {
  return json::Value::integer(static_cast<long long>(count));
}

/// A document without settings.s3Sync, and with the same layout as the text it is from.
struct Shareable {
  json::Value document;
  json::Value as_kept;
};

class History {
 public:
  History(ui::Console& console, const Options& options, const Configuration& configuration,
          std::vector<sync::Revision> all, std::vector<sync::KeptEntry> kept)
      : console_(console),
        options_(options),
        configuration_(configuration),
        all_(std::move(all)),
        kept_(std::move(kept)) {}

  Result<int> run() {
    if (options_.history.show) return show(*options_.history.show);
    if (options_.history.diff) return diff(*options_.history.diff);
    return list();
  }

 private:
  int list() {
    if (all_.empty()) console_.say("No earlier profiles yet.");
    std::vector<ui::Row> rows{{"#", "saved", "by", "configs", "kept as"}};
    json::Array revisions;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const sync::Revision& revision = all_[i];
      const std::string count = revision.is_damaged ? "-" : std::to_string(revision.profiles);
      rows.push_back({std::to_string(i + 1), console_.time(revision.saved),
                      base::printable(revision.by), count, kept_as(revision)});
      revisions.emplace_back(object_of(i));
    }
    if (!all_.empty()) {
      for (const std::string& line : ui::format_table(rows, 1)) console_.say(line);
    }
    say_json("listed", "revisions", std::move(revisions));
    return 0;
  }

  Result<int> show(std::size_t number) {
    const auto index = index_of_number(all_, number);
    if (!index) return index.error();
    const sync::Revision& revision = all_[*index];
    json::Object content = object_of(*index);
    if (revision.is_damaged) {
      // Nobody can tell what of it is a secret; whoever asks for it wants its bytes.
      console_.say_bytes(revision.text);
    } else {
      auto kept = shareable(revision);
      if (!kept) return std::move(kept).error();
      const json::Value masked = config::masked(kept->document, {});
      const std::string text =
          json::write_over(revision.text, kept->as_kept, masked).joined().str();
      console_.say_bytes(text.ends_with('\n') ? text : text + '\n');
      if (masked != kept->document && !console_.quiet() && !console_.json()) {
        console_.hint("secrets are masked; s3-restore " + std::to_string(number) +
                      " brings all of it back");
      }
      content.set("document", masked);
    }
    say_json("shown", "content", std::move(content));
    return 0;
  }

  Result<int> diff(std::size_t number) {
    const auto index = index_of_number(all_, number);
    if (!index) return index.error();
    if (all_[*index].is_damaged) return damaged_copy(number, options_, "it cannot be compared");
    auto after = shareable(all_[*index]);
    if (!after) return std::move(after).error();
    const auto earlier = index_before(*index);
    json::Value before = json::Object{{"configs", json::Array{}}};
    if (earlier) {
      auto document = shareable(all_[*earlier]);
      if (!document) return std::move(document).error();
      before = std::move(document->document);
    }
    const auto effects = resolve::effects_between(before, after->document);
    console_.say(name_of(*index) + " after " +
                 (earlier ? name_of(*earlier) : "nothing: it is the oldest that is kept") + ":");
    if (effects.empty()) console_.say("  no differences");
    for (const std::string& line : ui::effect_lines(effects)) console_.say("  " + line);
    json::Object content = object_of(*index);
    content.set("before", earlier ? json::Value(object_of(*earlier)) : json::Value(json::Null{}));
    content.set("changes", ui::json_of(effects));
    say_json("compared", "content", std::move(content));
    return 0;
  }

  /// The content that the journal has before it, in whatever order clocks put them. Only in the
  /// bucket, it is the next of the list.
  std::optional<std::size_t> index_before(std::size_t index) const {
    const auto is_it = [&](const sync::KeptEntry& entry) {
      return entry.content.revision == all_[index].revision;
    };
    const auto kept = std::find_if(kept_.begin(), kept_.end(), is_it);
    for (auto entry = kept; entry != kept_.end(); ++entry) {
      if (entry->content.is_damaged || is_it(*entry)) continue;
      if (const auto found = index_of(entry->content.revision)) return found;
    }
    for (std::size_t i = index + 1; i < all_.size(); ++i) {
      const bool is_elsewhere = all_[i].place != sync::RevisionPlace::local_history;
      if (!all_[i].is_damaged && (kept == kept_.end() || is_elsewhere)) return i;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> index_of(const std::string& revision) const {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].revision == revision) return i;
    }
    return std::nullopt;
  }

  static Result<Shareable> shareable(const sync::Revision& revision) {
    auto document = config::parse_shared_document(revision.text);
    if (!document) return std::move(document).error();
    return Shareable{config::without_s3_sync(*document), *document};
  }

  /// "#2 of 2026-11-22 09:14:03 +0100 by heron"
  std::string name_of(std::size_t index) const {
    const sync::Revision& revision = all_[index];
    const bool is_others = !revision.by.empty() && revision.by != "here";
    return "#" + std::to_string(index + 1) + " of " + console_.time(revision.saved) +
           (is_others ? " by " + base::printable(revision.by) : "");
  }

  std::string kept_as(const sync::Revision& revision) const {
    std::string kept(ui::name_of(revision.place));
    if (revision.is_damaged) kept += ", damaged (" + base::format_size(revision.text.size()) + ")";
    const bool is_here = !revision.is_damaged && revision.revision == configuration_.local.revision;
    return is_here ? kept + ", the one here" : kept;
  }

  json::Object object_of(std::size_t index) const {
    const sync::Revision& revision = all_[index];
    json::Object object{{"number", count_value(index + 1)},
                        {"saved", ui::json_of_time(revision.saved)},
                        {"by", revision.by},
                        {"configurations", count_value(revision.profiles)},
                        {"place", ui::name_of(revision.place)},
                        {"revision", revision.revision}};
    if (revision.is_damaged) {
      object.set("damaged", true);
      object.set("bytes", count_value(revision.text.size()));
    }
    return object;
  }

  void say_json(std::string_view reason, std::string_view what, json::Value value) {
    json::Object object{{"command", cli::name_of(options_.command)},
                        {"result", "ok"},
                        {"exit", json::Value::integer(0)},
                        {"changed", false},
                        {"local", ui::json_of(configuration_.local)},
                        {"remote", json::Null{}},
                        {"reason", reason}};
    object.set(what, std::move(value));
    console_.say_json(json::write_compact(object));
  }

  ui::Console& console_;
  const Options& options_;
  const Configuration& configuration_;
  std::vector<sync::Revision> all_;
  std::vector<sync::KeptEntry> kept_;  ///< what of it the journal has, newest first
};

}  // namespace

Result<int> run_history(Host& host, ui::Console& console, const Options& options) {
  auto configuration = find_configuration(options, host);
  if (!configuration) return std::move(configuration).error();
  auto machine = MachineMemory::open(host, configuration->paths);
  if (!machine) return std::move(machine).error();
  const sync::Memory& memory = (*machine)->memory();
  auto all = list_all_revisions(host, console, options, *configuration, memory);
  if (!all) return std::move(all).error();
  auto kept = memory.contents();
  if (!kept) return std::move(kept).error();
  return History(console, options, *configuration, *std::move(all), *std::move(kept)).run();
}

}  // namespace start_claude::cli
