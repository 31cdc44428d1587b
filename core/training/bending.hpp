// SPDX-License-Identifier: Apache-2.0
// How fast a solution turns, and points that gather where it does.
#pragma once
#include "core/training/residual_objective.hpp"

namespace banach {

/// Measures what is being trained (one window, say) in the coordinates of the whole box.
class BANACH_API Bending {
 public:
  /// `whole`: the box whose points are given, cut to that of the experiment along every axis; all
  /// points are relative to the experiment's origins.
  Bending(const Experiment& experiment, Domain whole, const Bank& own, std::vector<Bank> frozen,
          bool fused);
  /// Chooses the solution; false when it is constant.
  bool look_at(const at::Tensor& parameters, const at::Tensor& buffers, const Stream& stream);
  /// [n, axes] as Preparation::bending, of points [n, axes] of the whole box.
  std::vector<double> at_points(const std::vector<double>& points);
  /// n points of the whole box, [n, axes], evenly spread.
  std::vector<double> spread_points(int n, const Stream& stream) const;
  /// For Collocation::set_spacing: half of the points evenly, half as the mean bending along the
  /// axis.
  at::Tensor spacing() const;

 private:
  at::Tensor values(const std::vector<double>& points);
  std::vector<double> measure(const at::Tensor& values) const;

  Domain whole_, own_;
  std::size_t unknowns_;
  ResidualObjective objective_;
  std::vector<double> ranges_;  // of the unknowns
  std::vector<double> points_;  // where look_at() has looked, and what it saw
  at::Tensor seen_;
};

}  // namespace banach
