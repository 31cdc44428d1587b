// SPDX-License-Identifier: Apache-2.0
// DeepONet on its own, without data and training.
#pragma once
#include "core/executor/evaluator.hpp"
#include "core/expression/field.hpp"
#include "tests/plugins/catalog.hpp"

namespace banach::testing {

/// A trained-as-started operator, and what sets its fixed numbers.
class DeepOnetOperator : public Preparation {
 public:
  DeepOnetOperator(const std::string& toml, const Signature& signature) {
    Table table = parse_toml(toml, "test");
    table.path = "architecture";
    table.set("type", "deeponet");
    Diagnostics diagnostics;
    const auto unknown = [](const Table&, const std::string& type) { throw ConfigError(type); };
    LayoutBuilder builder(network_->layout, shipped(), unknown, diagnostics);
    const auto architecture = builder.build(table, signature);
    network_->architecture = architecture;
    network_->signature = signature;
    record(*network_);
    std::vector<double> parameters, buffers;
    initialise(network_->layout, 3, parameters, buffers);
    bank_ = {at::tensor(parameters, at::kDouble) + 0.1, at::tensor(buffers, at::kDouble)};
    architecture_ = architecture;
  }
  void prepare(Snapshots snapshots) {
    snapshots_ = std::move(snapshots);
    architecture_->prepare(*this);
  }

  /// functions [F, sensors], points [P, axes] -> [F, P, outputs]
  at::Tensor operator()(std::map<std::string, at::Tensor> functions,
                        const at::Tensor& points) const {
    const Signature& signature = network_->signature;
    std::vector<std::string> names;
    for (const auto& axis : signature.coordinates) names.push_back(axis.name);
    auto trace = std::make_shared<Trace>(names);
    int root = -1;
    {
      Trace::Scope scope(*trace);
      root = trace->node_of(
          call_network(0, signature.outputs, trace_point(*trace), signature.functions));
    }
    Evaluator evaluator(network_);
    evaluator.add(trace, root);
    return evaluator.evaluate({bank_}, {{points, {}, std::move(functions)}})[0];
  }
  at::Tensor slot(const std::string& name) const {
    const int i = network_->layout.find(name);
    if (i < 0) throw std::out_of_range(name);
    const Slot& s = network_->layout.slots()[static_cast<std::size_t>(i)];
    return (s.trainable ? bank_.parameters : bank_.buffers)
        .narrow(0, s.offset, s.size)
        .view(s.shape);
  }
  bool has(const std::string& name) const { return network_->layout.find(name) >= 0; }

  std::vector<double> points(int) override { return {}; }
  const Snapshots& snapshots() override { return snapshots_; }
  Stream stream() const override { return Stream(1, "test"); }
  void set(int slot, const std::vector<double>& values) override {
    const Slot& s = network_->layout.slots()[static_cast<std::size_t>(slot)];
    bank_.buffers.narrow(0, s.offset, s.size).copy_(at::tensor(values, at::kDouble));
  }

 private:
  std::shared_ptr<Network> network_ = std::make_shared<Network>();
  std::shared_ptr<Architecture> architecture_;
  Bank bank_;
  Snapshots snapshots_;
};

inline at::Tensor linear(const DeepOnetOperator& f, const std::string& name, const at::Tensor& x) {
  return at::addmm(f.slot(name + ".bias"), x, f.slot(name + ".weight"));
}

inline const Domain strip{{"x", 0, 2}, {"t", -1, 1}};

}  // namespace banach::testing
