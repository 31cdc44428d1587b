// SPDX-License-Identifier: Apache-2.0
// The solution of a run written to files, in pieces, so that the number of points does not matter.
#pragma once
#include <filesystem>

#include "banach/model.hpp"
#include "core/training/grid.hpp"

namespace banach {

/// Where predictions come from, for the file's attributes.
struct Provenance {
  std::string run, problem;
};

/// Writes all unknowns on a grid. x.h5: one dataset per unknown, shaped by the grid, with a
/// dimension scale per axis; with an exact solution also exact/<unknown> and error/<unknown>
/// (predicted minus exact). x.csv: one line per point with the columns of coordinates, unknowns and
/// <unknown>_exact. An axis with the name of an unknown becomes <axis>_axis. Error (Exit::usage)
/// for another extension.
BANACH_API void predict_grid(const Model& model, const Grid& grid, const Provenance& provenance,
                             const std::filesystem::path& out);

/// The same at points [P, axes], evaluated where onto_boundary() moves them; in x.h5 all datasets
/// have the one dimension "point".
BANACH_API void predict_points(const Model& model, const std::vector<double>& points,
                               const Provenance& provenance, const std::filesystem::path& out);

}  // namespace banach
