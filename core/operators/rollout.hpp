// SPDX-License-Identifier: Apache-2.0
// Windows of a data set that follow from each other: what an operator has predicted is what it is
// given next.
#pragma once
#include "core/operators/normaliser.hpp"

namespace banach {

/// Inputs with the name of an output are fed from predictions: the last n_in of the steps that were
/// given and those that were predicted (with target = "delta" a prediction is added to the last
/// state given). Other inputs and parameters are those of the true window. The next window starts
/// n_out stride times later.
class BANACH_API RollOut {
 public:
  /// Of batches in their own units, or of scaled ones and outputs in the units of losses: the
  /// scales are composed in double. ConfigError with the text of missing().
  explicit RollOut(const OperatorData& data, const Normaliser* scales = nullptr);
  /// Why windows of this data set cannot follow from each other; "" where they can.
  static std::string missing(const OperatorData& data);

  /// From the number of a sample to that of the window that follows from it.
  std::int64_t shift() const { return shift_; }
  /// Windows that follow from each other from `sample` on, itself among them. `trajectories` as
  /// datasets/trajectories.hpp: no window follows across the end of one.
  std::int64_t windows(const std::vector<std::int64_t>& trajectories, std::int64_t sample) const;

  /// What is given after the operator made `outputs` of `now`, for these rows of both (undefined:
  /// all); `next`: the true windows of the rows.
  OperatorBatch after(const OperatorBatch& now, const at::Tensor& outputs, OperatorBatch next,
                      const at::Tensor& rows = {}) const;
  /// States [B, outputs, extents...] that outputs made of `given` stand for.
  at::Tensor states(const at::Tensor& outputs, const OperatorBatch& given) const;
  /// Outputs made of `given` that are to be compared with the outputs of the true window `real`:
  /// the same states, as steps from the true last one.
  at::Tensor comparable(const at::Tensor& outputs, const OperatorBatch& given,
                        const OperatorBatch& real) const;

 private:
  struct Link {  // one variable that is output and input
    std::size_t input = 0;
    std::int64_t first = 0, channels = 0;         // among the outputs
    std::int64_t components = 0;                  // of one step
    std::int64_t input_time = -1, out_time = -1;  // dimensions; -1: steps are channels
    // float64, broadcasting to steps: of what is given next, from all steps; of the last state
    // given, in units of outputs.
    at::Tensor gain, offset, ratio;
  };
  void compose(const OperatorData& data, const Normaliser& scales, Link& link) const;
  static std::string connect(const OperatorData& data, std::vector<Link>& links);
  static std::string link(const OperatorData& data, const DataVariable& output, Link& link);
  at::Tensor last(const Link& link, const OperatorBatch& given) const;

  std::vector<Link> links_;
  std::int64_t shift_ = 0, steps_in_ = 1;
  bool delta_ = false;
};

/// Why a roll-out over so many windows cannot be; "" where it can. `dataset`: its training split
/// must hold so many in a row (nullptr: not asked).
BANACH_API std::string rollout_misfit(const OperatorData* data, const Dataset* dataset,
                                      std::int64_t windows);

}  // namespace banach
