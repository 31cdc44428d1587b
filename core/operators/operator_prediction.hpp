// SPDX-License-Identifier: Apache-2.0
// Predictions of a trained operator for new files, written to HDF5 and, for viewers, XDMF.
#pragma once
#include <filesystem>

#include "core/training/run_plan.hpp"

namespace banach {

struct OperatorPredictionReport {
  std::int64_t samples = 0;
  bool targets = false;  // the new files hold outputs too
  std::filesystem::path xdmf;
  std::vector<std::string> notices;
};

/// Applies the operator to all samples of `files` (mapped as the training files were; outputs may
/// be missing) and writes <unknown>/prediction [sample, extents...], where outputs are known also
/// <unknown>/target and <unknown>/error (prediction minus target), with a dimension scale per axis
/// (<axis>, or <axis>_axis where an unknown has that name); listed points as coords/<name> [point],
/// points of samples' own as coords/<name> [sample, point]. Points and their coordinates are those
/// of the files, in their order; what the files do not state is that of the training. Beside it,
/// unless samples have their own points, the same name with .xdmf refers to it.
/// DataError and ConfigError as for training, DataError as match_data(); Error (Exit::usage) unless
/// `out` ends in .h5. After an error neither file is there.
BANACH_API OperatorPredictionReport predict_operator(const RunPlan& plan,
                                                     const std::vector<Bank>& banks,
                                                     const std::vector<std::string>& files,
                                                     const std::string& run,
                                                     const std::filesystem::path& out);

}  // namespace banach
