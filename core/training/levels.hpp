// SPDX-License-Identifier: Apache-2.0
// Levels of an architecture that is a sum of networks: their parameters, and how a level begins.
#pragma once
#include "core/training/residual_objective.hpp"

namespace banach {

/// Where the flat parameters hold those of a level (1 being the first) of an architecture that has
/// it.
BANACH_API Ranges level_parameters(const Network& network, std::int64_t level);

/// What is known when a level begins.
struct LevelStart {
  const Experiment& experiment;
  std::int64_t level = 2;
  std::vector<double> weights;  // of the terms
  Derivatives derivatives = Derivatives::exact;
  std::vector<Bank> frozen;  // earlier windows
  std::vector<PointSet> points;
  at::Tensor parameters, buffers;  // of the whole network; the level's are those of a fresh run
  Stream stream;                   // that divides the points
  bool fused = true;
};

struct StartedLevel {
  at::Tensor parameters, buffers;
  std::string report;  // one line
};

/// Chooses frequency and amplitude of a level, on the residuals of all terms as linearised at the
/// present solution. A frequency is judged by how well the level could learn: least squares with
/// a ridge over the tangents of all its parameters, fitted on one half of the rows and judged on
/// the other, both ways; that which leaves the least is kept, first one for all axes, then axis by
/// axis. Then the last layer alone is fitted likewise: the amplitude is the size of its parameters,
/// larger by what part of the residual they do not reach (and at least such that parameters of
/// order one have a residual as large as what is left), and the level starts with the layer divided
/// by it; from zero where no frequency helps.
BANACH_API StartedLevel start_level(LevelStart start);

}  // namespace banach
