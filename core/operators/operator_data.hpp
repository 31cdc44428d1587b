// SPDX-License-Identifier: Apache-2.0
// A data set as an operator sees it: input functions, and outputs on a grid or on points.
#pragma once
#include <ATen/core/Tensor.h>

#include "banach/problem.hpp"
#include "datasets/dataset.hpp"

namespace banach {

/// Values of an input at the points of the training, from those at the points of other files:
/// linear along one axis after another.
struct BANACH_API Resampling {
  struct Line {
    std::int64_t dim = 0;    // of [B, channels, axes...]
    at::Tensor low, high;    // neighbours, [points of the training]
    at::Tensor weight = {};  // of `high`, float64; undefined: `low` alone
  };
  std::vector<Line> lines;
  at::Tensor apply(at::Tensor values) const;
};

struct OperatorData {
  DatasetParameters parameters;
  DatasetInfo info;
  std::vector<std::size_t> inputs, outputs;  // places in info.variables; parameters are inputs too
  std::optional<std::size_t> own_points;     // the variable with the points of every sample
  bool grid = false;                         // outputs (else inputs) lie on a tensor grid
  std::vector<std::string> axes;             // of the outputs, in the order of the arrays
  Domain domain;                             // coordinates of the outputs
  Shape extents;                             // of the grid; {points} where they are listed
  Unknowns unknowns;                         // channels of the outputs
  std::vector<InputFunction> functions;      // one per input; sensors: numbers of one sample
  at::Tensor points;                         // [P, coordinates] of the outputs, float64, CPU
  Domain scales;  // by which networks scale coordinates; empty: by `domain`
  std::vector<Resampling>
      resampling;  // of each input; empty: the sensors are those of the training
  std::vector<at::Tensor> differences;  // of each axis of a grid: difference_weights() where its
                                        // steps differ, else undefined
  at::Tensor weights;  // of the points along the last axes, mean 1, float64, CPU; undefined: alike

  std::int64_t size() const { return points.defined() ? points.size(0) : 0; }
  const DataVariable& input(std::size_t i) const { return info.variables[inputs[i]]; }
  /// Channels of all inputs together, as a grid operator sees them.
  int channels() const;
  /// Coordinates along every axis of the grid scaled to [0, 1] by the domain, [X] each.
  std::vector<at::Tensor> scaled_axes(at::TensorOptions options) const;
  /// What a network that maps points is given of coordinates [..., coordinates], float64: their
  /// distances from info.origin, which float32 resolves wherever the axes begin.
  at::Tensor from_origin(const at::Tensor& points) const;
  /// The domain in these coordinates.
  Domain network_domain() const;
};

/// How a data set meets a problem (its domain, unknowns and input functions must be there by name)
/// or stands for itself (nullptr); then info.origin is chosen where nothing is said of it.
/// ConfigError naming what does not fit.
BANACH_API std::shared_ptr<const OperatorData> make_operator_data(
    const DatasetParameters& parameters, const DatasetInfo& info, const Problem* problem);

/// x [..., points...] times the weights of the points to this power; x itself where all are alike.
at::Tensor weighted(const at::Tensor& x, const at::Tensor& weights, double power = 1);

/// Some samples as tensors, in their own units or as a network sees them (Normaliser::scaled).
struct OperatorBatch {
  std::vector<at::Tensor> inputs;  // [B, channels, axes...], one per input
  at::Tensor outputs;              // [B, outputs, extents...]; undefined without any
  at::Tensor points;               // [B, P, coordinates]: own points; else undefined
  std::int64_t count = 0;
  std::vector<at::Tensor> own;  // of scaled ones: inputs in their own units, where asked for
};
/// In their own units.
BANACH_API OperatorBatch make_batch(const OperatorData& data, const std::vector<DataArray>& arrays,
                                    std::int64_t count, at::TensorOptions options);

/// Of the array of some samples of a variable: [B, channels, axes...].
Shape array_shape(const DatasetInfo& info, const DataVariable& variable, std::int64_t count);
/// Own points as files have them, [B, coordinates, P] or [B, coordinates], as [B, P, coordinates].
at::Tensor points_last(const at::Tensor& points);

/// A problem that a data set alone describes: its coordinates, outputs and input functions.
class DataProblem final : public Problem {
 public:
  explicit DataProblem(std::shared_ptr<const OperatorData> data) : data_(std::move(data)) {}
  Domain domain() const override { return data_->domain; }
  Unknowns unknowns() const override { return data_->unknowns; }
  Terms terms() const override { return {}; }
  std::vector<InputFunction> functions() const override { return data_->functions; }

 private:
  std::shared_ptr<const OperatorData> data_;
};

}  // namespace banach
