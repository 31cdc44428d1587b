// SPDX-License-Identifier: Apache-2.0
// Whether a folder that a fault has left still holds everything that was acknowledged.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace banach::fault {

/// What a writer has said so far.
struct Promises {
  std::int64_t step = 0, best = 0;  // newest acknowledged; 0: none
  int acknowledged = 0;
  std::vector<std::string> failures;

  /// Takes one line of the acknowledgements.
  void take(const std::string& line);
};

/// All complete lines of an acknowledgement file.
Promises read_promises(const std::filesystem::path& acks);

/// Empty if `folder` keeps the promises, else what is wrong. For the protocol this means: the
/// newest acknowledged checkpoint or a newer one loads with exactly its content, nothing had to be
/// refused on the way, the same for the best one, and after a restart no temporary is left and
/// saving goes on.
std::string broken_promise(const std::string& kind, const std::filesystem::path& folder,
                           const Promises& promises);

/// Temporaries in the folder.
int litter(const std::filesystem::path& folder);

}  // namespace banach::fault
