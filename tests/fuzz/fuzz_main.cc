// libFuzzer's entry points around one target, START_CLAUDE_FUZZ_TARGET.
#include <cstdint>
#include <cstring>

#include "base/text.h"
#include "json_mutation.h"
#include "property.h"
#include "targets.h"

// Names that libFuzzer gives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* bytes, std::size_t size, std::size_t max);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  start_claude::fuzz::START_CLAUDE_FUZZ_TARGET({reinterpret_cast<const char*>(bytes), size});
  return 0;
}

#if START_CLAUDE_FUZZ_DOCUMENTS > 0
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* bytes, std::size_t size,
                                               std::size_t max, unsigned seed);

/// Two times in three documents change as documents, else as bytes.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* bytes, std::size_t size,
                                               std::size_t max, unsigned seed) {
  namespace fuzz = start_claude::fuzz;
  if (seed % 3 == 0) return LLVMFuzzerMutate(bytes, size, max);
  const auto texts =
      fuzz::split_texts({reinterpret_cast<const char*>(bytes), size}, START_CLAUDE_FUZZ_DOCUMENTS);
  const auto mutated = fuzz::JsonMutation(seed).mutate(texts);
  const std::string joined = start_claude::base::join(mutated, "\n---\n");
  if (joined.size() > max) return LLVMFuzzerMutate(bytes, size, max);
  std::memcpy(bytes, joined.data(), joined.size());
  return joined.size();
}
#endif
