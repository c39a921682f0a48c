#include "resolve/descent.h"

#include <algorithm>

#include "resolve/merge.h"

namespace start_claude::resolve {
namespace {

/// The order of the profiles follows from which there are, and a name is what two profiles were
/// matched by: that they agree says nothing.
bool is_evidence(const FieldPath& path) {
  if (path[0] != "configs") return true;
  return path.size() > 1 && (path.size() != 3 || path[2] != "name");
}

}  // namespace

bool descends_from_later(const json::Value& document, const Succession& of) {
  // A merge compares all three: what `later` changed is here, is not, or is something third.
  const MergeResult compared = merge(of.earlier, document, of.later, {});
  const auto has = [&](Reason reason) {
    return std::any_of(compared.changes.begin(), compared.changes.end(),
                       [&](const FieldChange& change) {
                         return change.reason == reason && is_evidence(change.path);
                       });
  };
  return has(Reason::both_made_the_same_change) && !has(Reason::only_remote_changed);
}

}  // namespace start_claude::resolve
