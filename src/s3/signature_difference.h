// Why a store says that a signature does not match: where what it signed differs from what we did.
//
// Amazon and others repeat in SignatureDoesNotMatch the canonical request they made of what
// arrived. Something on the way that changes requests shows there; a wrong secret does not. Pure.
#pragma once

#include <string>
#include <string_view>

namespace start_claude::s3 {

/// One line for people: the first line that differs, of both, or that none does. Session tokens are
/// masked, and nothing in it can upset a terminal.
std::string explain_signature(std::string_view ours, std::string_view theirs);

}  // namespace start_claude::s3
