// SPDX-License-Identifier: Apache-2.0
// Files that a user names for writing: none that exists is replaced without being asked, and none
// that is read.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace banach {

struct RunConfiguration;
using Paths = std::vector<std::filesystem::path>;

/// Error (Exit::cannot_create) where there is something at a path and `force` is not set, where
/// what is there is not a file, and where the folder is missing.
void require_free(const Paths& outputs, bool force);

/// Error (Exit::cannot_create) where an output is one of the inputs, also by another path, a link
/// or a second name.
void require_other_files(const Paths& outputs, const Paths& inputs);

/// What a run consists of and what it was trained on: configuration, logs, checkpoints, the files
/// of its data set and observations, as far as they are there.
Paths files_of_run(const std::filesystem::path& run);

/// The files that a configuration reads.
Paths data_files_of(const RunConfiguration& configuration);

/// Error (Exit::cannot_create) where one of the inputs lies in a folder that is about to be
/// emptied.
void require_outside(const std::filesystem::path& folder, const Paths& inputs);

/// Of --result-json: both of the above, and a place outside of the run or its own result.json. A
/// result of the same run is replaced without `force`, so that a scheduler may repeat its command.
void require_result_file(const std::filesystem::path& file, const std::filesystem::path& run,
                         const Paths& inputs, bool force);

}  // namespace banach
