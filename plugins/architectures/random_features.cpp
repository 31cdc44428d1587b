// SPDX-License-Identifier: Apache-2.0
// A frozen layer of random features, in patches if wanted, and a linear layer on top.
#include <algorithm>
#include <array>
#include <banach/layers.hpp>
#include <banach/plugin.hpp>
#include <cmath>
#include <map>

namespace {
using namespace banach;

struct RandomFeaturesParameters {
  std::int64_t features = 300;
  std::string activation = "sin";
  std::vector<double> scales;
  std::map<std::string, std::int64_t> patches;
};
void describe(Schema<RandomFeaturesParameters>& s) {
  s.field("features", &RandomFeaturesParameters::features, "of all scales together").at_least(1);
  s.field("activation", &RandomFeaturesParameters::activation, "of the frozen layer")
      .one_of({"sin", "tanh", "gaussian"});
  s.field("scales", &RandomFeaturesParameters::scales,
          "standard deviations of the frozen weights, each for an equal part of the features; "
          "none: found on held-out residuals")
      .positive();
  s.field("patches", &RandomFeaturesParameters::patches,
          "patches along each axis: a partition of unity, each part with features of its own")
      .where("in [1, 1000] on every axis", [](const std::map<std::string, std::int64_t>& patches) {
        return std::all_of(patches.begin(), patches.end(),
                           [](auto& axis) { return axis.second >= 1 && axis.second <= 1000; });
      });
}

// Overlapping patches of the box, whose weights are smooth and sum to one (partition of unity). In
// coordinates mapped to [-1, 1].
class Partition {
 public:
  Partition(const std::map<std::string, std::int64_t>& patches, const Domain& domain) {
    std::vector<std::string> names;
    for (const Axis& axis : domain) {
      names.push_back(axis.name);
      const auto given = patches.find(axis.name);
      along_.push_back(given == patches.end() ? 1 : static_cast<int>(given->second));
      count_ *= along_.back();
    }
    for (const auto& [name, number] : patches)
      if (std::find(names.begin(), names.end(), name) == names.end())
        throw ConfigError("patches: there is no axis \"" + name + "\"; the axes are " +
                          join(names));
  }
  int count() const { return count_; }
  int along(std::size_t axis) const { return along_[axis]; }

  /// The weight of every patch at the points, [points, 1] each.
  std::vector<Expression> weights(E points) const {
    std::vector<Expression> out{1.0};
    for (std::size_t axis = 0; axis < along_.size(); ++axis) {
      if (along_[axis] == 1) continue;
      const auto own = along_axis(points[static_cast<int>(axis)], along_[axis]);
      std::vector<Expression> products;
      for (const auto& before : out)
        for (const auto& weight : own) products.push_back(before * weight);
      out = products;
    }
    return out;
  }
  double center(int patch, std::size_t axis) const {
    int rest = patch;
    for (std::size_t a = along_.size(); a-- > axis + 1;) rest /= along_[a];
    return (2.0 * (rest % along_[axis]) + 1) / along_[axis] - 1;
  }

 private:
  // Differences of ramps that rise from 0 to 1 where patches meet.
  static std::vector<Expression> along_axis(E x, int patches) {
    std::vector<Expression> ramps;
    for (int k = 1; k < patches; ++k)
      ramps.push_back(0.5 + 0.5 * tanh((x - (2.0 * k / patches - 1)) * (patches / (2 * overlap))));
    std::vector<Expression> out{1.0 - ramps.front()};
    for (std::size_t k = 1; k < ramps.size(); ++k) out.push_back(ramps[k - 1] - ramps[k]);
    out.push_back(ramps.back());
    return out;
  }

  static constexpr double overlap = 0.1;  // of a patch's length
  std::vector<int> along_;
  int count_ = 1;
};

class RandomFeatures final : public Architecture {
 public:
  using Parameters = RandomFeaturesParameters;
  RandomFeatures(const RandomFeaturesParameters& p, Builder& builder)
      : activation_(p.activation),
        automatic_(p.scales.empty()),
        domain_(builder.signature().coordinates),
        partition_(p.patches, domain_),
        scales_(p.scales.empty() ? std::vector<double>{2.0} : p.scales),
        frozen_(frozen(p, scales_, builder)),
        output_(builder.linear("output", static_cast<int>(p.features), builder.outputs(),
                               Init{Init::Kind::zeros})) {}

  Expression forward(const Inputs& inputs) const override { return output_(*features(inputs)); }

  std::optional<Expression> features(const Inputs& inputs) const override {
    const Expression x = scaled(inputs.points(), domain_);
    const auto weights = partition_.weights(x);
    std::vector<Expression> parts;
    for (const auto& layer : frozen_) {
      const Expression z = layer(x);
      const Expression all = activation_ == "gaussian" ? exp(-(z * z)) : activate(activation_, z);
      if (weights.size() == 1) parts.push_back(all);
      for (int patch = 0; weights.size() > 1 && patch < partition_.count(); ++patch) {
        const int first = begin_of(patch, layer), end = begin_of(patch + 1, layer);
        if (end > first)
          parts.push_back(weights[static_cast<std::size_t>(patch)] *
                          all.columns(first, end - first));
      }
    }
    return concat(parts);
  }

  // The layers were drawn for one patch as large as the box.
  void prepare(Preparation& preparation) override {
    if (partition_.count() == 1) return;
    for (std::size_t i = 0; i < frozen_.size(); ++i)
      draw_scale(frozen_[i], scales_[i], preparation, preparation.stream().child(i));
  }

  // Scales of the whole box, and for functions with a ridge the places where the solution turns.
  std::vector<std::string> draws() const override {
    std::vector<std::string> out;
    if (!automatic_) return out;
    for (const auto& candidate : candidates) out.emplace_back(candidate.name);
    if (activation_ != "sin" && partition_.count() == 1) out.emplace_back("places of the solution");
    return out;
  }

  void draw(int way, Preparation& preparation) override {
    if (static_cast<std::size_t>(way) < candidates.size())
      draw_scale(frozen_.front(), candidates[static_cast<std::size_t>(way)].scale, preparation,
                 preparation.stream());
    else
      draw_places(preparation);
  }

 private:
  // Phases of sines fill a period; ridges of the others lie all over the box.
  static std::vector<Linear> frozen(const RandomFeaturesParameters& p,
                                    const std::vector<double>& scales, Builder& builder) {
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

  int begin_of(int patch, const Linear& layer) const {
    return static_cast<int>(std::int64_t{layer.out} * patch / partition_.count());
  }

  // Every patch as a box of its own: w . n (x - center) + b.
  void draw_scale(const Linear& layer, double scale, Preparation& preparation,
                  const Stream& stream) const {
    const Stream weights = stream.child(0), phases = stream.child(1);
    std::vector<double> w(static_cast<std::size_t>(layer.in * layer.out)),
        b(static_cast<std::size_t>(layer.out));
    weights.normal(static_cast<std::int64_t>(w.size()), w.data());
    phases.uniform(layer.out, b.data());
    for (double& v : b) v = (2 * v - 1) * shift(activation_, scale, layer.in);
    for (int patch = 0; patch < partition_.count(); ++patch)
      for (int i = begin_of(patch, layer); i < begin_of(patch + 1, layer); ++i)
        for (std::size_t k = 0; k < static_cast<std::size_t>(layer.in); ++k) {
          double& weight = w[k * b.size() + static_cast<std::size_t>(i)];
          weight *= scale * partition_.along(k);
          b[static_cast<std::size_t>(i)] -= weight * partition_.center(patch, k);
        }
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
        const double weight = size * (slowest + turns[at] * std::clamp(turns[at], 1.0, finest)) *
                              signs.normal(i * axes + k);
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
  static constexpr double slowest = 0.1, evenly = 0.3, finest = 4;

  std::string activation_;
  bool automatic_;
  Domain domain_;
  Partition partition_;
  std::vector<double> scales_;
  std::vector<Linear> frozen_;
  Linear output_;
};
}  // namespace

BANACH_PLUGIN("random_features", "1.0.0", registry) {
  registry.architecture<RandomFeatures>("random_features", "frozen random features, linear on top");
}
