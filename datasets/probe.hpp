// SPDX-License-Identifier: Apache-2.0
// HDF5 files from elsewhere: damaged ones crash the HDF5 library or never come back from it. What
// will be asked of a file is first asked in a child process, which may die of it.
#pragma once
#include <chrono>
#include <filesystem>

#include "banach/export.hpp"

namespace banach {

/// Lists all objects of a file in a child process, with their storage, attributes and dimension
/// scales, and reads some of each dataset: all of it up to 4 MiB, else the first and last numbers.
/// DataError (Exit::no_input when there is no file, else Exit::bad_data) names the file and what
/// was being read when the child failed, crashed, or came no further for 20 s. A file that passed
/// is asked again only when size or time of change differ. Safe in processes with several threads;
/// where a process must not fork (some MPI installations), BANACH_TRUST_DATA=1 leaves the probe
/// out.
BANACH_API void probe_hdf5(const std::filesystem::path& file);

/// The same, always afresh and with a patience of one's own; for tests.
BANACH_API void probe_hdf5_now(const std::filesystem::path& file,
                               std::chrono::milliseconds patience);

}  // namespace banach
