// SPDX-License-Identifier: Apache-2.0
// The child's half of a trial.
#pragma once
#include <cstdint>
#include <filesystem>

namespace banach {

/// In front of `size` bytes of text on the pipe.
struct TrialMessage {
  enum Kind : std::uint32_t {
    opening,  // the file
    passed,   // with what it enrols
    refused,  // with the reason
    threw     // with what a static initialiser threw; the child ends
  };
  Kind kind = opening;
  std::uint32_t size = 0;
};

/// Opens a file in a process that was just forked, does with it what a catalog does, tells `pipe`
/// what came of it and ends. `moved`: with memory in other places and of other content.
[[noreturn]] void be_trial_child(const std::filesystem::path& file, int pipe, bool moved);

}  // namespace banach
