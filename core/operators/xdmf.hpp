// SPDX-License-Identifier: Apache-2.0
// XDMF beside a file of predictions, for viewers.
#pragma once
#include <filesystem>

#include "core/operators/prediction_file.hpp"

namespace banach {

/// Whether viewers can be shown it: grids of one to three axes, points of two or three coordinates
/// that all samples share.
bool has_xdmf(const PredictionLayout& layout);

/// The same name with .xdmf.
std::filesystem::path xdmf_path(const std::filesystem::path& file);

/// One grid per sample (rectilinear, else points), attributes <unknown>_<kind> that refer to the
/// datasets of `file` beside it.
BANACH_API std::string xdmf_text(const std::filesystem::path& file, const PredictionLayout& layout,
                                 std::int64_t samples);

}  // namespace banach
