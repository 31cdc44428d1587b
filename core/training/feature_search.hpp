// SPDX-License-Identifier: Apache-2.0
// Frozen layers that an architecture can draw in several ways: each is tried by least squares on
// the points of a stage, and what leaves the least residual on other points is kept.
#pragma once
#include "core/training/collocation.hpp"
#include "core/training/residual_objective.hpp"

namespace banach {

class Bending;
class FeatureGuess;

/// What a search works on: a problem (or one window of it) and two draws of its points.
struct SearchInput {
  const Experiment& experiment;
  Domain whole;  // the box that the network sees: larger than that of one window
  std::vector<double> weights;
  Derivatives derivatives = Derivatives::exact;
  std::vector<Bank> frozen;  // earlier windows
  Collocation points, held_out;
  at::Tensor parameters, buffers;  // of a fresh run
  Stream stream;
  std::int64_t previous = -1;  // what the window before has kept; the others are not tried again
  bool fused = true;
};

struct FoundFeatures {
  at::Tensor parameters, buffers, spacing;  // where the stage starts; Collocation::set_spacing
  std::int64_t draw = 0;
  std::string report;  // one line
};

class BANACH_API FeatureSearch {
 public:
  explicit FeatureSearch(SearchInput input);
  ~FeatureSearch();
  /// Whether the architecture draws its frozen layers in several ways.
  static bool can_choose(const Experiment& experiment);
  /// Nothing where there is no choice, or where the loss is no sum of squares.
  std::optional<FoundFeatures> run();

 private:
  struct Trial {
    at::Tensor parameters, buffers;
    std::int64_t draw = -1;
    double held_out = 0;  // root of the loss at the other points
  };

  void begin();
  void space(const Trial& present);
  void go_on();
  at::Tensor interior_points();
  void try_draw(std::int64_t draw, int round);
  void solve(Trial& trial);
  double shortened(const at::Tensor& step, double before, at::Tensor& residuals);
  double held_out(const Trial& trial);
  void take(const Trial& trial);

  SearchInput in_;
  std::shared_ptr<Architecture> architecture_;
  std::vector<std::string> names_;
  ResidualObjective objective_;
  std::unique_ptr<Bending> bending_;
  std::unique_ptr<FeatureGuess> guess_;  // of equations that are not linear
  bool known_ = false;                   // there is a solution to look at
  at::Tensor spacing_;
  std::optional<Trial> best_;
  std::vector<char> places_;  // per draw: it has asked for the solution
  std::string tried_;
};

}  // namespace banach
