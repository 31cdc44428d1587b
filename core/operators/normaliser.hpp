// SPDX-License-Identifier: Apache-2.0
// Affine scales of inputs and outputs, fitted on the training split; they live among the network's
// fixed numbers, so that every checkpoint has them.
#pragma once
#include "core/expression/layout.hpp"
#include "core/operators/operator_data.hpp"

namespace banach {

class BANACH_API Normaliser {
 public:
  Normaliser() = default;
  /// Adds the slots of shifts and scales to the layout, (x - shift) / scale.
  Normaliser(std::shared_ptr<const OperatorData> data, Layout& layout);

  /// Fits everything on the training split and writes it into the fixed numbers; returns notices
  /// (constant channels). DataError where the data cannot be read.
  std::vector<std::string> fit(const Dataset& dataset, const Layout& layout,
                               std::vector<double>& buffers) const;
  /// Input number i, [B, channels, axes...], as the network sees it.
  at::Tensor input(std::size_t i, const at::Tensor& values,
                   const std::vector<at::Tensor>& slots) const;
  /// Outputs of the network [B, outputs, extents...] in their own units.
  at::Tensor output(const at::Tensor& values, const std::vector<at::Tensor>& slots) const;
  /// The inverse of output().
  at::Tensor normalised(const at::Tensor& values, const std::vector<at::Tensor>& slots) const;
  /// The same as an expression, [rows, outputs]; only where outputs are scaled per channel.
  Expression output(const Expression& network) const;
  bool per_point() const { return per_point_; }

 private:
  struct Part {
    int shift = -1, scale = -1;  // slots; -1: none
    std::string kind;
  };
  Part enroll(Layout& layout, const std::string& name, const std::string& kind,
              std::int64_t channels, std::int64_t points) const;
  at::Tensor affine(const Part& part, const at::Tensor& values,
                    const std::vector<at::Tensor>& slots, bool undo) const;

  std::shared_ptr<const OperatorData> data_;
  std::vector<Part> inputs_;
  Part output_;
  bool per_point_ = false;
};

}  // namespace banach
