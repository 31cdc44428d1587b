// SPDX-License-Identifier: Apache-2.0
// Input functions between the points of their sensors: cubic splines along every axis.
#pragma once
#include "core/executor/evaluator.hpp"
#include "core/expression/origins.hpp"
#include "core/operators/operator_data.hpp"

namespace banach {

/// The interpolating cubic spline through n knots (not-a-knot ends; periodic where the axis is):
/// a matrix from values at the knots to derivatives of order 0 to 3 at points.
class BANACH_API Spline {
 public:
  /// `knots` increasing, [n]; `period` > 0: the spline closes on itself. With fewer than four knots
  /// a polygon (one: a constant).
  Spline(const std::vector<double>& knots, double period, at::TensorOptions options);
  /// [points, n] for t [points]; outside of the knots the nearest piece goes on.
  at::Tensor matrix(const at::Tensor& t, int order) const;

 private:
  std::int64_t count_ = 0, pieces_ = 0;
  double period_ = 0;
  at::Tensor knots_;             // of the pieces' ends
  at::Tensor values_, seconds_;  // [ends, n]: value and second derivative at the ends from values
};

/// One input function of a data set at any points.
class BANACH_API InputSpline {
 public:
  /// `coordinates`: names of the columns of the points; `origins`: what these are relative to,
  /// none: zero. ConfigError when the function's axes are not among them or have no values.
  InputSpline(const OperatorData& data, std::size_t input,
              const std::vector<std::string>& coordinates, at::TensorOptions options,
              const Origins& origins = {});
  /// Values [F, 1, axes...] at points [N, coordinates]; found when asked for, each once.
  GivenFunction at(const at::Tensor& values, const at::Tensor& points) const;

 private:
  std::string name_;
  std::vector<Spline> splines_;
  std::vector<std::int64_t> columns_;  // of the points, one per axis of the function
  std::size_t coordinates_ = 0;
};

}  // namespace banach
