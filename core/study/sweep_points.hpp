// SPDX-License-Identifier: Apache-2.0
// The points of a sweep: every entry of its list with every combination of its grid.
#pragma once
#include "core/study/study_file.hpp"

namespace banach {

/// At most 100000 points of a file whose tables have been read; every problem becomes a diagnostic.
/// `given`: [sweep] as it was written.
std::vector<SweepPoint> sweep_points(const Table& given, const SweepFile& file,
                                     Diagnostics& diagnostics);

}  // namespace banach
