// SPDX-License-Identifier: Apache-2.0
// The child's half of a trial.
#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

namespace banach {

/// In front of `size` bytes of text on the pipe.
struct TrialMessage {
  enum Kind : std::uint32_t {
    opening,  // the next file; the others end it
    passed,   // with what it enrols
    refused,  // with the reason
    threw     // with what a static initialiser threw; the child ends
  };
  Kind kind = opening;
  std::uint32_t size = 0;
};

/// Opens files[first ... first + count] in a process that was just forked, tells `pipe` about each
/// and ends it.
[[noreturn]] void be_trial_child(const std::vector<std::filesystem::path>& files, std::size_t first,
                                 std::size_t count, int pipe);

}  // namespace banach
