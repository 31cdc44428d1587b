// SPDX-License-Identifier: Apache-2.0
// A frozen layer of random features and a linear layer on top.
#include <algorithm>
#include <array>
#include <banach/layers.hpp>
#include <banach/plugin.hpp>
#include <cmath>

namespace {
using namespace banach;

struct RandomFeaturesParameters {
  std::int64_t features = 300;
  std::string activation = "sin";
  std::vector<double> scales;
};
void describe(Schema<RandomFeaturesParameters>& s) {
  s.field("features", &RandomFeaturesParameters::features, "of all scales together").at_least(1);
  s.field("activation", &RandomFeaturesParameters::activation, "of the frozen layer")
      .one_of({"sin", "tanh", "gaussian"});
  s.field("scales", &RandomFeaturesParameters::scales,
          "standard deviations of the frozen weights, each for an equal part of the features; "
          "none: found on held-out residuals")
      .positive();
}

class RandomFeatures final : public Architecture {
 public:
  using Parameters = RandomFeaturesParameters;
  RandomFeatures(const RandomFeaturesParameters& p, Builder& builder)
      : activation_(p.activation),
        automatic_(p.scales.empty()),
        domain_(builder.signature().coordinates),
        frozen_(frozen(p, builder)),
        output_(builder.linear("output", static_cast<int>(p.features), builder.outputs(),
                               Init{Init::Kind::zeros})) {}

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    const Expression x = scaled(inputs.points(), domain_);
    std::vector<Expression> parts;
    for (const auto& layer : frozen_) {
      const Expression z = layer(x);
      parts.push_back(activation_ == "gaussian" ? exp(-(z * z)) : activate(activation_, z));
    }
    return concat(parts);
  }

  // Scales of the whole box, and for functions with a ridge the places where the solution turns.
  std::vector<std::string> draws() const override {
    std::vector<std::string> out;
    if (!automatic_) return out;
    for (const auto& candidate : candidates) out.emplace_back(candidate.name);
    if (activation_ != "sin") out.emplace_back("places of the solution");
    return out;
  }

  void draw(int way, Preparation& preparation) override {
    if (static_cast<std::size_t>(way) < candidates.size())
      draw_scale(candidates[static_cast<std::size_t>(way)].scale, preparation);
    else
      draw_places(preparation);
  }

 private:
  // Phases of sines fill a period; ridges of the others lie all over the box.
  static std::vector<Linear> frozen(const RandomFeaturesParameters& p, Builder& builder) {
    const auto scales = p.scales.empty() ? std::vector<double>{2.0} : p.scales;
    std::vector<Linear> out;
    const auto parts = static_cast<std::int64_t>(scales.size());
    for (std::int64_t i = 0; i < parts; ++i) {
      const double scale = scales[static_cast<std::size_t>(i)];
      const auto count = p.features * (i + 1) / parts - p.features * i / parts;
      out.push_back(
          builder.fixed("frozen." + std::to_string(i), builder.inputs(), static_cast<int>(count),
                        Init{Init::Kind::normal, scale},
                        Init{Init::Kind::uniform, shift(p.activation, scale, builder.inputs())}));
    }
    return out;
  }

  static double shift(const std::string& activation, double scale, int axes) {
    return activation == "sin" ? pi : scale * std::sqrt(axes);
  }

  void draw_scale(double scale, Preparation& preparation) const {
    const Linear& layer = frozen_.front();
    const Stream weights = preparation.stream().child(0), phases = preparation.stream().child(1);
    std::vector<double> w(static_cast<std::size_t>(layer.in * layer.out)),
        b(static_cast<std::size_t>(layer.out));
    weights.normal(static_cast<std::int64_t>(w.size()), w.data());
    phases.uniform(layer.out, b.data());
    for (double& v : w) v *= scale;
    for (double& v : b) v = (2 * v - 1) * shift(activation_, scale, layer.in);
    preparation.set(layer.weight, w);
    preparation.set(layer.bias, b);
  }

  // Ridges through points that gather where the solution turns, each as steep as the solution
  // there, from a third to three times as much.
  void draw_places(Preparation& preparation) const {
    const Linear& layer = frozen_.front();
    const auto axes = static_cast<std::size_t>(layer.in),
               count = static_cast<std::size_t>(layer.out);
    const auto points = preparation.points(2048);
    auto turns = preparation.bending(points);
    turns.resize(points.size(), 0.0);
    const auto chosen = choose(turns, axes, count, preparation.stream().child(2));
    const Stream sizes = preparation.stream().child(3), signs = preparation.stream().child(4),
                 phases = preparation.stream().child(5);
    std::vector<double> w(axes * count), b(count);
    for (std::size_t i = 0; i < count; ++i) {
      const double size = std::exp(std::log(3.0) * (2 * sizes.uniform(i) - 1));
      b[i] = 2 * phases.uniform(i) - 1;
      for (std::size_t k = 0; k < axes; ++k) {
        const Axis& axis = domain_[k];
        const std::size_t at = chosen[i] * axes + k;
        const double weight = size * (slowest + turns[at]) * signs.normal(i * axes + k);
        w[k * count + i] = weight;
        b[i] -= weight * (2 * (points[at] - axis.lower) / (axis.upper - axis.lower) - 1);
      }
    }
    preparation.set(layer.weight, w);
    preparation.set(layer.bias, b);
  }

  // Rows of `turns`, drawn one from each of `count` equal parts of their sum.
  static std::vector<std::size_t> choose(const std::vector<double>& turns, std::size_t axes,
                                         std::size_t count, const Stream& stream) {
    std::vector<double> sums;
    double sum = 0;
    for (std::size_t i = 0; i < turns.size(); i += axes) {
      double square = 0;
      for (std::size_t k = 0; k < axes; ++k)
        square += (evenly + turns[i + k]) * (evenly + turns[i + k]);
      sums.push_back(sum += std::sqrt(square));
    }
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < count; ++i) {
      const double goal =
          sum * (static_cast<double>(i) + stream.uniform(i)) / static_cast<double>(count);
      const auto place = std::upper_bound(sums.begin(), sums.end(), goal) - sums.begin();
      out.push_back(std::min(static_cast<std::size_t>(place), sums.size() - 1));
    }
    return out;
  }

  struct Candidate {
    const char* name;
    double scale;
  };
  static constexpr std::array<Candidate, 5> candidates{
      {{"scale 0.5", 0.5}, {"scale 1", 1}, {"scale 2", 2}, {"scale 4", 4}, {"scale 8", 8}}};
  // In half lengths of the box: of a flat solution, the steepness and the share of the features.
  static constexpr double slowest = 0.1, evenly = 0.3;

  std::string activation_;
  bool automatic_;
  Domain domain_;
  std::vector<Linear> frozen_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("random_features", "1.0.0", registry) {
  registry.architecture<RandomFeatures>("random_features", "frozen random features, linear on top");
}
