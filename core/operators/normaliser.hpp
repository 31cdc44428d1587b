// SPDX-License-Identifier: Apache-2.0
// Scales of inputs and outputs, fitted on the training split. They are applied in double before
// values become float32 and undone in double, so that neither units nor large offsets matter.
#pragma once
#include "core/expression/layout.hpp"
#include "core/expression/origins.hpp"
#include "core/operators/operator_data.hpp"
#include "core/operators/scaling.hpp"

namespace banach {

class BANACH_API Normaliser {
 public:
  Normaliser() = default;
  /// Adds the slots of shifts and scales to the layout, for expressions; the numbers themselves
  /// are shared by all copies, and identities until they are fitted, set or taken.
  /// `origins`: of the network's coordinates beyond those of the data.
  Normaliser(std::shared_ptr<const OperatorData> data, Layout& layout, Origins origins = {});

  /// Fits everything on the training split and writes it into the fixed numbers of the layout, too;
  /// returns notices (constant channels, channels that the files' own type hardly resolves).
  /// DataError where the data cannot be read.
  std::vector<std::string> fit(const Dataset& dataset, const Layout& layout,
                               std::vector<double>& buffers) const;
  /// All numbers, flat, float64: what a checkpoint keeps.
  at::Tensor numbers() const;
  void set(const at::Tensor& numbers) const;
  /// The numbers of a run that kept none but those among its fixed numbers. Without a data set,
  /// losses of outputs that are not scaled per channel remain in the outputs' own units.
  void take(const Layout& layout, const at::Tensor& buffers, const Dataset* dataset) const;

  /// What the network sees of samples, in its dtype and on its device: inputs, and targets in the
  /// units of losses. `arrays` as Dataset::read gives them; `own`: also OperatorBatch::own.
  OperatorBatch scaled(const std::vector<DataArray>& arrays, std::int64_t count,
                       at::TensorOptions options, bool own) const;
  /// The same of a batch in its own units.
  OperatorBatch scaled(const OperatorBatch& raw, at::TensorOptions options, bool own) const;

  const Scaling& input(std::size_t i) const { return numbers_->inputs[i]; }
  /// Of the network's outputs.
  const Scaling& output() const { return numbers_->output; }
  /// Of losses: per channel whatever the network's, by the root mean square where outputs are not
  /// scaled.
  const Scaling& loss() const { return numbers_->loss; }
  /// Whether losses and outputs of the network are in the same units.
  bool alike() const { return output_.shift >= 0 && !per_point_; }
  /// Outputs of the network in physical units as an expression, [rows, outputs]; the network itself
  /// where outputs are scaled per point.
  Expression output(const Expression& network) const;
  /// What that expression leaves of them, [B, outputs, extents...], in their own units: the same
  /// tensor where they are scaled per channel.
  at::Tensor in_own_units(const at::Tensor& network) const {
    return per_point_ ? output().to(Scaling(), network) : network;
  }

 private:
  struct Part {
    int shift = -1, scale = -1;  // slots; -1: none
    std::string kind;
    Shape shape;  // of both; empty: none
  };
  struct Numbers {
    std::vector<Scaling> inputs;
    Scaling output, loss;
  };
  struct Place {  // of one scaling
    Scaling* scaling;
    const Part* part;  // null: of losses, which are no fixed numbers of the network
    Shape shape;       // empty: none
  };
  Part enroll(Layout& layout, const std::string& name, const std::string& kind,
              std::int64_t channels, std::int64_t points) const;
  std::vector<Place> places() const;
  std::string loss_kind() const { return output_.kind == "none" ? "rms" : output_.kind; }

  std::shared_ptr<const OperatorData> data_;
  Origins origins_;
  std::vector<Part> inputs_;
  Part output_;
  bool per_point_ = false;
  std::shared_ptr<Numbers> numbers_;
};

}  // namespace banach
