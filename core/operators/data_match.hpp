// SPDX-License-Identifier: Apache-2.0
// Data of other files beside those of the training: whether the operator that was learnt has a
// meaning on their points, and what must be done to them before.
#pragma once
#include "core/training/experiment.hpp"

namespace banach {

struct MatchedData {
  std::shared_ptr<const OperatorData> data;
  std::vector<std::string> notices;
};

/// `data` as the experiment's network can be given it. Architectures that map grids take other
/// resolutions of the same domain; for the others sensors that lie elsewhere are interpolated
/// linearly, with a notice, and outputs may lie anywhere inside the range of the training.
/// DataError that begins with `origin` and says what does not fit: channels, axes, the length of a
/// domain, uneven points, steps of time.
BANACH_API MatchedData match_data(const Experiment& experiment,
                                  std::shared_ptr<const OperatorData> data,
                                  const std::string& origin);

/// Why a grid is no other resolution of the one that was learnt; "" where it is. `same`: only the
/// very same points will do.
BANACH_API std::string grid_misfit(const DataAxis& trained, const DataAxis& now, bool same);

/// How values at the points of one axis become those at the points of another; `dim` of their
/// arrays. DataError, as grid_misfit(), where they do not cover them.
BANACH_API Resampling::Line interpolation(const DataAxis& trained, const DataAxis& now,
                                          std::int64_t dim);

}  // namespace banach
