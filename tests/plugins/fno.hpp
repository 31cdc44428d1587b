// SPDX-License-Identifier: Apache-2.0
// The Fourier neural operator on its own, without data and training.
#pragma once
#include "banach/tensor_architecture.hpp"
#include "core/expression/layout.hpp"
#include "tests/plugins/catalog.hpp"

namespace banach::testing {

/// The shipped operator with weights drawn anew.
class FnoOperator {
 public:
  FnoOperator(const std::string& toml, Signature signature) : signature_(std::move(signature)) {
    Table table = parse_toml(toml, "test");
    table.path = "architecture";
    table.set("type", "fno");
    Diagnostics diagnostics;
    LayoutBuilder builder(
        layout_, shipped(), [](const Table&, const std::string& type) { throw ConfigError(type); },
        diagnostics);
    architecture_ = std::dynamic_pointer_cast<GridArchitecture>(builder.build(table, signature_));
    std::vector<double> numbers, buffers;
    initialise(layout_, 3, numbers, buffers);
    parameters = at::tensor(numbers, at::kDouble) * 2;
  }
  /// values [B, C, X, ...] on the whole domain, ends included where it is not periodic.
  at::Tensor operator()(const at::Tensor& values) const {
    GridInputs inputs{values, {}};
    for (std::size_t a = 0; a < signature_.coordinates.size(); ++a) {
      const auto n = values.size(static_cast<std::int64_t>(a) + 2);
      const double cells = static_cast<double>(signature_.coordinates[a].periodic ? n : n - 1);
      inputs.coordinates.push_back(at::arange(n, values.options()) / cells);
    }
    std::vector<at::Tensor> weights;
    for (const int i : architecture_->slots()) weights.push_back(slot(i).to(values.options()));
    return architecture_->evaluate(inputs, weights);
  }
  at::Tensor slot(int i) const {
    const Slot& s = layout_.slots()[static_cast<std::size_t>(i)];
    return parameters.narrow(0, s.offset, s.size).view(s.shape);
  }
  at::Tensor slot(const std::string& name) const { return slot(layout_.find(name)); }
  const Layout& layout() const { return layout_; }
  at::Tensor parameters;

 private:
  Signature signature_;
  Layout layout_;
  std::shared_ptr<GridArchitecture> architecture_;
};

/// A grid of the unit cube with so many points along its axes.
inline Signature grid(std::vector<std::int64_t> points, bool periodic, int channels = 1,
                      int outputs = 1) {
  Signature out;
  for (std::size_t a = 0; a < points.size(); ++a)
    out.coordinates.push_back({std::string(1, "xyzw"[a]), 0, 1, periodic});
  out.outputs = outputs;
  out.channels = channels;
  out.grid = std::move(points);
  return out;
}

}  // namespace banach::testing
