// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "core/operators/operator_data.hpp"

namespace banach {

/// Writes <file>.xdmf beside a file of predictions: one grid per sample (rectilinear in 1 to 3
/// dimensions, else points), attributes <unknown>_<kind> that refer to its datasets. Returns its
/// path; empty, and nothing written, for grids of more than three axes.
std::filesystem::path write_xdmf(const std::filesystem::path& file, const OperatorData& where,
                                 const Unknowns& unknowns, const std::vector<std::string>& kinds,
                                 std::int64_t samples);

}  // namespace banach
