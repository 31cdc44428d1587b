// SPDX-License-Identifier: Apache-2.0
// A sum of networks, each of which learns what those before it have left (Wang, Lai 2024).
#include <banach/architecture.hpp>
#include <banach/plugin.hpp>

namespace {
using namespace banach;

struct MultiStageParameters {
  std::int64_t levels = 2;
};
void describe(Schema<MultiStageParameters>& s) {
  s.field("levels", &MultiStageParameters::levels, "networks in the sum").at_least(1);
}

class MultiStage final : public Architecture {
 public:
  using Parameters = MultiStageParameters;
  MultiStage(const MultiStageParameters& p, Builder& builder)
      : domain_(builder.signature().coordinates) {
    for (std::int64_t k = 1; k <= p.levels; ++k) add(builder, "level." + std::to_string(k));
  }

  Expression forward(const Inputs& inputs) const override {
    Expression sum = networks_.front()->forward(inputs);
    for (std::size_t k = 1; k < networks_.size(); ++k)
      sum = sum + Expression(amplitudes_[k - 1]) * networks_[k]->forward(stretched(inputs, k));
    return sum;
  }

  void prepare(Preparation& preparation) override {
    for (const auto& network : networks_) network->prepare(preparation);
  }

  std::vector<Level> levels() const override { return levels_; }

 private:
  void add(Builder& builder, const std::string& name) {
    Level level;
    level.first = builder.slots();
    networks_.push_back(builder.part("network", builder.signature(), name));
    level.last = builder.slots();
    if (!levels_.empty()) {
      amplitudes_.push_back(builder.row(name + ".amplitude", 1, Init{Init::Kind::zeros}, false));
      frequencies_.push_back(
          builder.row(name + ".frequency", builder.inputs(), Init{Init::Kind::ones}, false));
      level.amplitude = amplitudes_.back().slot, level.frequency = frequencies_.back().slot;
    }
    levels_.push_back(level);
  }

  // Away from the middle of every axis.
  Inputs stretched(const Inputs& inputs, std::size_t k) const {
    std::vector<double> ones, middle, back;
    for (const auto& axis : domain_) {
      ones.push_back(1), middle.push_back((axis.lower + axis.upper) / 2);
      back.push_back(-middle.back());
    }
    const Expression x = affine(inputs.points(), ones, back) * Expression(frequencies_[k - 1]);
    return Inputs(affine(x, ones, middle), inputs.functions());
  }

  Domain domain_;
  std::vector<std::shared_ptr<Architecture>> networks_;
  std::vector<Row> amplitudes_, frequencies_;  // of all levels but the first
  std::vector<Level> levels_;
};
}  // namespace

BANACH_PLUGIN("multi_stage", "1.0.0", registry) {
  registry.architecture<MultiStage>("multi_stage", "a sum of networks, each for what is left");
}
