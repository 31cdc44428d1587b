// SPDX-License-Identifier: Apache-2.0
// What the training split says of the scales of inputs and outputs.
#pragma once
#include "core/operators/channel_sums.hpp"
#include "core/operators/operator_data.hpp"

namespace banach {

/// Of all inputs and outputs, in one pass through the training split.
class DataStatistics {
 public:
  /// `per_point`: of single points, too.
  DataStatistics(const OperatorData& data, const Dataset& dataset, bool per_point);

  /// Scaling of input i or of the outputs, `kind` as dataset.normalisation; undefined for "none"
  /// and without training samples. A channel that is constant up to rounding is scaled by its
  /// size, a constant point as its channel.
  Scaling input(std::size_t i, const std::string& kind, bool per_point) const;
  Scaling output(const std::string& kind, bool per_point) const;
  /// Channels that are constant, or that vary by little more than a step of the files' own type.
  std::vector<std::string> notices() const;

 private:
  struct Channel {
    std::string name;     // "input u", "output p"
    double rounding = 0;  // Dataset::rounding
  };
  struct Sums {
    std::vector<Channel> names;
    ChannelSums channels, points;
    void add(const at::Tensor& values, bool per_point);
    at::Tensor constant_below() const;
  };
  static Scaling scaling(const Sums& sums, const std::string& kind, bool per_point);
  static void note(const Sums& sums, std::vector<std::string>& out);

  std::vector<Sums> inputs_;
  Sums outputs_;
};

}  // namespace banach
