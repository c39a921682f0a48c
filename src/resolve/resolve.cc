#include "resolve/resolve.h"

#include <algorithm>
#include <utility>

namespace start_claude::resolve {
namespace {

bool is_by_hand(const Input& input) { return input.occasion == Occasion::by_hand; }

bool are_times_known(const Input& input) { return input.local.modified && input.remote.modified; }

/// The newer side, if it is newer by enough to act on without asking.
NewerSide clearly_newer_side(const Input& input) {
  if (!are_times_known(input)) return NewerSide::neither;
  const auto between = std::chrono::abs(*input.remote.modified - *input.local.modified);
  return between > clear_margin ? newer_side(input) : NewerSide::neither;
}

Cause cause_of_no_clear_time(const Input& input) {
  if (input.time == TimeTrust::untrusted) return Cause::times_untrusted;
  return are_times_known(input) ? Cause::times_too_close : Cause::times_unknown;
}

std::optional<Side> preferred_side(const Input& input) {
  switch (input.preference) {
    case ConflictPreference::ask: return std::nullopt;
    case ConflictPreference::local: return Side::local;
    case ConflictPreference::remote: return Side::remote;
  }
  return std::nullopt;
}

std::optional<Side> side_of(NewerSide newer) {
  switch (newer) {
    case NewerSide::local: return Side::local;
    case NewerSide::remote: return Side::remote;
    case NewerSide::neither: return std::nullopt;
  }
  return std::nullopt;
}

Question yes_or_no(Topic topic, Cause cause, Option default_option) {
  return {.topic = topic,
          .cause = cause,
          .options = {Option::yes, Option::no},
          .default_option = default_option};
}

/// Asks a person, or holds when there is none.
Resolution ask_or_hold(const Input& input, Question question) {
  if (is_by_hand(input)) return question;
  return Hold{question.cause};
}

MergeResult merge_sides(const Input& input, const MergeOptions& options) {
  std::optional<json::Value> ancestor;
  if (input.ancestor) ancestor = input.ancestor->document;
  return merge(ancestor, input.local.snapshot()->document, input.remote.snapshot()->document,
               options);
}

/// A settled merge by its simplest name: where it only takes one side, it is that side.
Resolution as_resolution(const Input& input, MergeResult merged, Cause cause) {
  const bool upload = may_upload(input);
  if (merged.merged == input.remote.snapshot()->document) {
    return Download{cause, std::move(merged.conflicts)};
  }
  if (merged.merged == input.local.snapshot()->document) {
    if (upload) return Upload{cause, std::move(merged.conflicts)};
    return InSync{Cause::local_newer};
  }
  return Merge{cause, std::move(merged), upload};
}

Resolution without_remote(const Input& input) {
  const bool had_remote = input.ancestor.has_value();
  if (input.local.is_empty()) {
    const bool had_profiles = had_remote && input.ancestor->entries > 0;
    if (had_profiles) return Hold{Cause::both_gone};
    if (input.direction == Direction::up) return Hold{Cause::nothing_to_upload};
    if (input.direction == Direction::down) return Hold{Cause::nothing_to_download};
    return InSync{Cause::nothing_anywhere};
  }
  if (input.direction == Direction::down) {
    return Hold{had_remote ? Cause::remote_gone : Cause::nothing_to_download};
  }
  if (!may_upload(input)) {
    if (had_remote) return Hold{Cause::remote_gone};
    return InSync{Cause::local_newer};
  }
  if (!had_remote) return Upload{Cause::first_upload};
  if (input.force == Force::yes) return Upload{Cause::forced};
  return ask_or_hold(input, yes_or_no(Topic::recreate_remote, Cause::remote_gone, Option::yes));
}

Resolution with_damaged_remote(const Input& input) {
  if (input.local.is_empty() || !may_upload(input)) {
    return Hold{Cause::remote_damaged};
  }
  if (input.force == Force::yes) return Upload{Cause::forced};
  return ask_or_hold(input, yes_or_no(Topic::repair_remote, Cause::remote_damaged, Option::yes));
}

/// Nothing that a merge could add to the other side.
bool says_nothing(const json::Value& document) {
  const json::Object* object = document.as_object();
  return object != nullptr && std::all_of(object->members().begin(), object->members().end(),
                                          [](const json::Member& member) {
                                            const json::Array* list = member.value.as_array();
                                            return member.name == "configs" && list != nullptr &&
                                                   list->empty();
                                          });
}

Resolution with_empty_local(const Input& input) {
  const bool had_profiles = input.ancestor && input.ancestor->entries > 0;
  if (input.direction != Direction::up) {
    if (input.force == Force::yes) return Download{Cause::forced};
    if (had_profiles) return Download{Cause::local_lost};
    if (input.local.is_missing() || says_nothing(input.local.snapshot()->document)) {
      return Download{Cause::first_download};
    }
    // A file without profiles may have settings that are nowhere else: they are additions.
    return as_resolution(input, merge_sides(input, {.conflicts = Side::remote}),
                         Cause::first_download);
  }
  if (input.remote.is_empty() && !input.local.is_missing()) return Upload{Cause::local_changed};
  if (input.allow_empty == AllowEmpty::yes && !input.local.is_missing()) {
    if (input.force == Force::yes) return Upload{Cause::forced};
    return ask_or_hold(input,
                       yes_or_no(Topic::replace_newer_remote, Cause::local_lost, Option::no));
  }
  return Hold{had_profiles || !input.local.is_missing() ? Cause::empty_upload_refused
                                                        : Cause::nothing_to_upload};
}

/// s3-upload when the remote holds edits that are not here, or may.
Resolution warn_before_upload(const Input& input, Cause cause) {
  return ask_or_hold(input, yes_or_no(Topic::replace_newer_remote, cause, Option::no));
}

/// s3-download when this side holds edits that are not there, or may.
Resolution warn_before_download(const Input& input, Cause cause) {
  return ask_or_hold(input, yes_or_no(Topic::replace_newer_local, cause, Option::no));
}

Resolution both_changed(const Input& input) {
  if (input.direction == Direction::up) return warn_before_upload(input, Cause::remote_newer);

  MergeResult merged = merge_sides(input, {});
  const bool overlap = !merged.settled();
  if (!overlap) {
    if (!is_by_hand(input)) return as_resolution(input, std::move(merged), Cause::both_changed);
    Question question = yes_or_no(Topic::confirm_merge, Cause::both_changed, Option::yes);
    question.merge = std::move(merged);
    return question;
  }
  if (const auto side = preferred_side(input)) {
    return as_resolution(input, merge_sides(input, {.conflicts = side}), Cause::conflict);
  }
  if (input.direction == Direction::down && newer_side(input) == NewerSide::local) {
    return warn_before_download(input, Cause::local_newer);
  }
  if (is_by_hand(input)) {
    Question question = yes_or_no(Topic::choose_fields, Cause::conflict, Option::yes);
    question.preselected = newer_side(input);
    question.merge = std::move(merged);
    return question;
  }
  if (const auto side = side_of(clearly_newer_side(input))) {
    return as_resolution(input, merge_sides(input, {.conflicts = side}), Cause::conflict);
  }
  return Hold{Cause::conflict, std::move(merged.conflicts)};
}

Resolution with_ancestor(const Input& input) {
  const bool local_changed = input.local.snapshot()->revision != input.ancestor->revision;
  const bool remote_changed = input.remote.snapshot()->revision != input.ancestor->revision;
  if (local_changed && remote_changed) return both_changed(input);
  if (local_changed) {
    if (input.direction == Direction::down) {
      return warn_before_download(input, Cause::local_newer);
    }
    if (!may_upload(input)) return InSync{Cause::local_newer};
    return Upload{Cause::local_changed};
  }
  if (input.direction == Direction::up) return warn_before_upload(input, Cause::remote_newer);
  return Download{Cause::remote_changed};
}

/// Which way a one-way command without an ancestor goes, by time alone.
Resolution one_way_by_time(const Input& input) {
  const bool up = input.direction == Direction::up;
  const NewerSide opposed = up ? NewerSide::remote : NewerSide::local;
  const NewerSide newer = is_by_hand(input) ? newer_side(input) : clearly_newer_side(input);
  if (newer == NewerSide::neither) {
    const Cause cause = cause_of_no_clear_time(input);
    return up ? warn_before_upload(input, cause) : warn_before_download(input, cause);
  }
  if (newer == opposed) {
    return up ? warn_before_upload(input, Cause::remote_newer)
              : warn_before_download(input, Cause::local_newer);
  }
  MergeResult merged = merge_sides(input, {.conflicts = up ? Side::local : Side::remote});
  if (!up) return as_resolution(input, std::move(merged), Cause::remote_newer);
  // Newer says nothing about what only the remote has: nobody knows that it was deleted here.
  const bool drops_nothing = merged.merged == input.local.snapshot()->document;
  if (!drops_nothing) return warn_before_upload(input, Cause::remote_newer);
  return Upload{Cause::local_newer};
}

Resolution without_ancestor(const Input& input) {
  if (const auto side = preferred_side(input)) {
    return as_resolution(input, merge_sides(input, {.conflicts = side}),
                         *side == Side::local ? Cause::local_newer : Cause::remote_newer);
  }
  if (input.direction != Direction::both) return one_way_by_time(input);
  if (is_by_hand(input)) {
    Question question{.topic = Topic::choose_side,
                      .cause = newer_side(input) == NewerSide::local ? Cause::local_newer
                               : newer_side(input) == NewerSide::remote
                                   ? Cause::remote_newer
                                   : cause_of_no_clear_time(input),
                      .options = {Option::download_and_merge, Option::upload,
                                  Option::view_differences, Option::leave_both},
                      .default_option = Option::leave_both};
    question.preselected = newer_side(input);
    if (question.preselected == NewerSide::local) question.default_option = Option::upload;
    if (!may_upload(input)) {
      question.options.erase(question.options.begin() + 1);
      question.default_option = Option::leave_both;
    }
    if (question.preselected == NewerSide::remote) {
      question.default_option = Option::download_and_merge;
    }
    return question;
  }
  // What only the older side has is kept: without an ancestor nobody can say it was deleted.
  const NewerSide newer = clearly_newer_side(input);
  if (const auto side = side_of(newer)) {
    return as_resolution(input, merge_sides(input, {.conflicts = side}),
                         newer == NewerSide::local ? Cause::local_newer : Cause::remote_newer);
  }
  return Hold{cause_of_no_clear_time(input)};
}

/// The manager only ever brings clearly newer content in; the page offers everything else.
Resolution limited_to_manager(const Input& input, Resolution resolution) {
  if (const auto* download = std::get_if<Download>(&resolution)) {
    if (download->cause == Cause::first_download || download->cause == Cause::local_lost) {
      return resolution;
    }
    if (input.local_age && *input.local_age < manager_margin) {
      return Hold{Cause::local_just_changed};
    }
    const bool may_tell = input.time == TimeTrust::trusted && are_times_known(input);
    if (may_tell && *input.remote.modified - *input.local.modified <= manager_margin) {
      return Hold{Cause::remote_barely_newer};
    }
    return resolution;
  }
  if (const auto* upload = std::get_if<Upload>(&resolution)) return Hold{upload->cause};
  if (auto* merged = std::get_if<Merge>(&resolution)) {
    return Hold{merged->cause, std::move(merged->result.conflicts)};
  }
  return resolution;
}

Resolution decide(const Input& input) {
  if (input.local.is_damaged()) {
    const bool replace = input.direction == Direction::down && input.force == Force::yes &&
                         input.remote.snapshot() != nullptr;
    if (replace) return Download{Cause::forced};
    return Hold{Cause::local_damaged};
  }
  if (input.remote.is_missing()) return without_remote(input);
  if (input.remote.is_damaged()) return with_damaged_remote(input);
  if (input.local.snapshot() != nullptr &&
      input.local.snapshot()->revision == input.remote.snapshot()->revision) {
    return InSync{Cause::equal};
  }
  if (input.local.is_empty()) return with_empty_local(input);
  if (input.force == Force::yes && input.direction == Direction::up) return Upload{Cause::forced};
  if (input.force == Force::yes && input.direction == Direction::down) {
    return Download{Cause::forced};
  }
  const bool emptied = input.remote.is_empty() && input.ancestor && input.ancestor->entries > 0;
  if (emptied && input.direction != Direction::up &&
      input.remote.snapshot()->revision != input.ancestor->revision) {
    return ask_or_hold(input,
                       yes_or_no(Topic::accept_empty_remote, Cause::remote_emptied, Option::no));
  }
  return input.ancestor ? with_ancestor(input) : without_ancestor(input);
}

}  // namespace

bool may_upload(const Input& input) {
  return input.direction != Direction::down && input.access == Access::read_write;
}

NewerSide newer_side(const Input& input) {
  if (input.time == TimeTrust::untrusted || !are_times_known(input)) return NewerSide::neither;
  if (input.local.modified > input.remote.modified) return NewerSide::local;
  if (input.remote.modified > input.local.modified) return NewerSide::remote;
  return NewerSide::neither;
}

Resolution resolve(const Input& input) {
  Resolution resolution = decide(input);
  if (input.occasion == Occasion::manager_opening) {
    return limited_to_manager(input, std::move(resolution));
  }
  return resolution;
}

Cause cause_of(const Resolution& resolution) {
  return std::visit([](const auto& value) { return value.cause; }, resolution);
}

std::vector<FieldChange> conflicts_of(const Resolution& resolution) {
  if (const auto* upload = std::get_if<Upload>(&resolution)) return upload->conflicts;
  if (const auto* download = std::get_if<Download>(&resolution)) return download->conflicts;
  if (const auto* merge = std::get_if<Merge>(&resolution)) return merge->result.conflicts;
  if (const auto* hold = std::get_if<Hold>(&resolution)) return hold->conflicts;
  return {};
}

Resolution answer(const Input& input, const Question& question, const Answer& given) {
  if (given.option == Option::no || given.option == Option::leave_both ||
      given.option == Option::view_differences) {
    return Hold{question.cause};
  }
  switch (question.topic) {
    case Topic::confirm_merge: return as_resolution(input, *question.merge, question.cause);
    case Topic::choose_fields: {
      MergeResult merged = merge_sides(input, {.choices = given.choices});
      if (!merged.settled()) return Hold{question.cause, std::move(merged.conflicts)};
      return as_resolution(input, std::move(merged), question.cause);
    }
    case Topic::choose_side:
      if (given.option == Option::upload) return Upload{question.cause};
      return as_resolution(input, merge_sides(input, {.conflicts = Side::remote}), question.cause);
    case Topic::replace_newer_remote:
    case Topic::recreate_remote:
    case Topic::repair_remote: return Upload{question.cause};
    case Topic::replace_newer_local:
    case Topic::accept_empty_remote: return Download{question.cause};
  }
  return Hold{question.cause};
}

}  // namespace start_claude::resolve
