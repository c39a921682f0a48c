#include "resolve/resolve.h"

#include <algorithm>
#include <utility>

#include "config/profile.h"
#include "resolve/ancestry.h"
#include "resolve/effects.h"

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

bool is_live(const std::optional<json::Value>& profile) {
  return profile && !config::is_tombstone(*profile);
}

/// Where one side has the profile and the other removed it, the one that has it.
std::optional<Side> side_that_keeps(const FieldChange& conflict) {
  const bool is_profile = conflict.path.size() == 2 && conflict.path[0] == "configs";
  if (!is_profile || is_live(conflict.local) == is_live(conflict.remote)) return std::nullopt;
  return is_live(conflict.local) ? Side::local : Side::remote;
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

/// Both sides' profiles, and what differs in one field from `newer`. Without an ancestor nobody can
/// say that a profile was meant to go: one that lives on either side stays.
MergeResult keep_both(const Input& input, std::optional<Side> newer,
                      const std::vector<Choice>& chosen) {
  MergeOptions options{.conflicts = newer};
  const MergeResult open = merge_sides(input, {});
  for (const FieldChange& conflict : open.conflicts) {
    auto side = side_that_keeps(conflict);
    // Each side has its own: where no time says which, this machine's stays the default here.
    if (!side && !newer && is_about_default(conflict.path)) side = Side::local;
    if (side) options.choices.push_back({conflict.path, *side});
  }
  options.choices.insert(options.choices.end(), chosen.begin(), chosen.end());
  return merge_sides(input, options);
}

Resolution without_remote(const Input& input) {
  const bool had_remote = input.ancestor.has_value();
  if (input.local.is_empty()) {
    if (had_profiles(input)) return Hold{Cause::both_gone};
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
  const bool has_source = !input.local.is_empty() ||
                          (input.allow_empty == AllowEmpty::yes && !input.local.is_missing());
  if (!has_source || !may_upload(input)) return Hold{Cause::remote_damaged};
  if (input.force == Force::yes) return Upload{Cause::forced};
  // What nobody can bring back is replaced by who says so, and not by Enter.
  const auto* damaged = std::get_if<Damaged>(&input.remote.content);
  if (damaged != nullptr && !damaged->can_be_kept) return Hold{Cause::remote_damaged};
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
  if (input.direction != Direction::up) {
    if (input.force == Force::yes) return Download{Cause::forced};
    if (had_profiles(input)) return Download{Cause::local_lost};
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
  return Hold{had_profiles(input) || !input.local.is_missing() ? Cause::empty_upload_refused
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
  const auto changed = only_changed_side(input);
  if (!changed) return both_changed(input);
  if (changed == Side::local) {
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
  MergeResult merged = keep_both(input, up ? Side::local : Side::remote, {});
  if (!up) return as_resolution(input, std::move(merged), Cause::remote_newer);
  // Newer says nothing about what only the remote has: nobody knows that it was deleted here.
  const bool drops_nothing = merged.merged == input.local.snapshot()->document;
  if (!drops_nothing) return warn_before_upload(input, Cause::remote_newer);
  return Upload{Cause::local_newer};
}

Cause cause_of_newer(const Input& input, NewerSide newer) {
  if (newer == NewerSide::local) return Cause::local_newer;
  if (newer == NewerSide::remote) return Cause::remote_newer;
  return cause_of_no_clear_time(input);
}

/// Offers to keep both, and to leave both where that needs a decision on the way.
Question choose_side(const Input& input) {
  const NewerSide newer = newer_side(input);
  Question question{.topic = Topic::choose_side,
                    .cause = cause_of_newer(input, newer),
                    .options = {Option::keep_both, Option::take_remote},
                    .preselected = newer,
                    .merge = keep_both(input, side_of(newer), {})};
  if (may_upload(input)) question.options.push_back(Option::replace_remote);
  question.options.push_back(Option::view_differences);
  question.options.push_back(Option::leave_both);
  question.default_option = question.merge->settled() ? Option::keep_both : Option::leave_both;
  return question;
}

Resolution without_ancestor(const Input& input) {
  if (const auto side = preferred_side(input)) {
    return as_resolution(input, keep_both(input, side, {}),
                         *side == Side::local ? Cause::local_newer : Cause::remote_newer);
  }
  if (input.direction != Direction::both) return one_way_by_time(input);
  if (is_by_hand(input)) return choose_side(input);
  const NewerSide newer = clearly_newer_side(input);
  if (newer == NewerSide::neither) {
    return Hold{cause_of_no_clear_time(input), open_conflicts(keep_both(input, {}, {}))};
  }
  return as_resolution(input, keep_both(input, side_of(newer), {}), cause_of_newer(input, newer));
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
  const bool emptied = input.remote.is_empty() && had_profiles(input);
  if (emptied && input.direction != Direction::up) {
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
  Resolution resolution = ask_before_many_removals(input, decide(input));
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

std::optional<Side> preselected_side(const Question& question, const FieldChange& conflict) {
  const auto keeping = side_that_keeps(conflict);
  return keeping ? keeping : side_of(question.preselected);
}

Resolution answer(const Input& input, const Question& question, const Answer& given) {
  if (given.option == Option::no || given.option == Option::leave_both ||
      given.option == Option::view_differences) {
    Hold hold{
        question.removals.empty() ? question.cause : Cause::many_removed, {}, question.removals};
    if (question.merge) hold.conflicts = question.merge->conflicts;
    return hold;
  }
  switch (question.topic) {
    case Topic::confirm_merge: return as_resolution(input, *question.merge, question.cause);
    case Topic::choose_fields: {
      MergeResult merged = merge_sides(input, {.choices = given.choices});
      if (!merged.settled()) return Hold{question.cause, std::move(merged.conflicts)};
      return as_resolution(input, std::move(merged), question.cause);
    }
    case Topic::choose_side: {
      if (given.option == Option::replace_remote) return Upload{question.cause};
      if (given.option == Option::take_remote) return Download{question.cause};
      MergeResult merged = keep_both(input, side_of(question.preselected), given.choices);
      if (!merged.settled()) return Hold{question.cause, std::move(merged.conflicts)};
      return as_resolution(input, std::move(merged), question.cause);
    }
    case Topic::replace_newer_remote:
    case Topic::recreate_remote:
    case Topic::repair_remote: return Upload{question.cause};
    case Topic::replace_newer_local:
    case Topic::accept_empty_remote: return Download{question.cause};
    case Topic::accept_removals: return decide(input);
  }
  return Hold{question.cause};
}

}  // namespace start_claude::resolve
