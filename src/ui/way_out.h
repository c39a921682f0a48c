// What to do about a run that is held because of what it found: a command that works next.
//
// A hint that leads to another refusal is worse than none, so each is chosen by what there is to
// replace the broken side with. tests/unit/cli/way_out_test.cc follows every one of them.
#pragma once

#include <string>

#include "sync/engine.h"

namespace start_claude::ui {

/// The hint where config.json is damaged.
std::string way_out_of_damaged_local(const sync::Situation& situation);
/// The hint where the object is damaged, or cannot be read whole.
std::string way_out_of_damaged_remote(const sync::Situation& situation);
/// The hint where profiles that were there are on neither side.
std::string way_out_of_both_gone(const sync::Situation& situation);
/// The hint where s3-upload has nothing that could stand for what is in the bucket.
std::string way_out_of_empty_upload(const sync::Situation& situation);
/// The hint where s3-download finds no object.
std::string way_out_of_missing_remote(const sync::Situation& situation);

}  // namespace start_claude::ui
