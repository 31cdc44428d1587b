// SPDX-License-Identifier: Apache-2.0
// The picture of a trained operator: what it learned by, and how it does on samples.
#pragma once
#include "apps/panels.hpp"
#include "core/training/run_loader.hpp"

namespace banach {

/// Draws loss, terms and errors from metrics.csv and, from the test split (or what takes its
/// place), the samples with the median and the largest relative L2 error: input, target, prediction
/// and |prediction - target|. Returns remarks on what the picture leaves out, or nothing.
/// DataError where the files of the data set are gone.
std::string draw_operator(const LoadedRun& run, const std::filesystem::path& picture,
                          int width = usual_width);

}  // namespace banach
