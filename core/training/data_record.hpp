// SPDX-License-Identifier: Apache-2.0
// The files that a run has learnt from, remembered and compared.
#pragma once
#include "core/run/fingerprint.hpp"
#include "core/training/configuration.hpp"
#include "core/training/run_state.hpp"

namespace banach {

/// All files of data sets and observations, in the order of the configuration, and the sources of
/// their virtual datasets.
BANACH_API std::vector<std::string> data_files(const RunConfiguration& configuration);

/// What a state remembers of them; empty lists for runs without data and, with a null in the
/// state, for those of older versions.
BANACH_API std::vector<FilePrint> recorded_files(const RunState& state, const std::string& origin);

/// Files that are where they were, with another content.
BANACH_API std::vector<std::string> changed_files(const std::vector<FilePrint>& record);

/// Before a run is resumed: DataError for files that changed, naming them and what can be done.
/// With `force` a notice instead. A state without a record adds one notice where the run has data.
BANACH_API void require_same_data(const RunState& state, const std::string& run, bool force,
                                  std::vector<std::string>& notices);

/// Empty where the files are those of the record, wherever they lie now; else in words, which one
/// is new or missing.
BANACH_API std::string other_files(const std::vector<FilePrint>& record,
                                   const std::vector<std::string>& files);

/// Whether a key of a configuration says where data lie.
BANACH_API bool names_data(const std::string& key);

}  // namespace banach
