// SPDX-License-Identifier: Apache-2.0
#include "core/training/levels.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/training/last_layer.hpp"

namespace banach {
namespace {

constexpr double small = 1e-8;
constexpr double nearly = 1.1;  // a stronger ridge leaves no more than this of the best
constexpr int ridges = 15;      // powers of ten
constexpr std::int64_t most_columns = 1000;
constexpr double least_reached = 0.01;                        // part of the squares, of a poor fit
constexpr std::int64_t most_numbers = std::int64_t{1} << 27;  // of a Jacobian: 1 GB

double squares(const at::Tensor& r) { return at::dot(r, r).item<double>(); }

// Every k-th point of every term, so that the Jacobian fits into memory.
std::vector<PointSet> thinned(const std::vector<PointSet>& sets, std::int64_t parameters) {
  std::int64_t rows = 0;
  for (const auto& set : sets) rows += set.points.size(0);
  const std::int64_t k = 1 + rows * parameters / most_numbers;
  if (k == 1) return sets;
  std::vector<PointSet> out = sets;
  const auto fewer = [k](const at::Tensor& t) { return t.slice(0, 0, t.size(0), k).contiguous(); };
  for (auto& set : out) {
    set.points = fewer(set.points);
    for (auto& column : set.data) column.second = fewer(column.second);
  }
  return out;
}

struct RidgeFit {
  at::Tensor step;
  double held_out = 0;  // root of the sum of squares of what is left of rows that were not seen
};

at::Tensor ridge_of(const at::Tensor& singular, int i) {
  return singular[0].square() * std::pow(10.0, -i);
}

// min |j step + r|^2 + ridge |step|^2 with the strongest ridge for which each half of the rows says
// nearly as much of the other as it can.
RidgeFit ridge_fit(const at::Tensor& j, const at::Tensor& r, const at::Tensor& order) {
  const std::int64_t half = r.numel() / 2;
  const at::Tensor halves[] = {order.narrow(0, 0, half), order.narrow(0, half, r.numel() - half)};
  at::Tensor sums = at::zeros({ridges}, at::kDouble);
  for (int k = 0; k < 2 && half > 0; ++k) {
    const at::Tensor seen = halves[k], other = halves[1 - k];
    const auto [u, s, vt] = at::linalg_svd(j.index_select(0, seen), false);
    const at::Tensor along = at::mv(u.t(), r.index_select(0, seen));
    const at::Tensor answers = at::mm(j.index_select(0, other), vt.t());
    for (int i = 0; i < ridges; ++i)
      sums[i] += squares(r.index_select(0, other) -
                         at::mv(answers, along * s / (s.square() + ridge_of(s, i))));
  }
  const double least = sums.min().item<double>();
  int best = 0;
  while (best + 1 < ridges && sums[best].item<double>() > nearly * nearly * least) ++best;
  const auto [u, s, vt] = at::linalg_svd(j, false);
  const at::Tensor step = -at::mv(vt.t(), at::mv(u.t(), r) * s / (s.square() + ridge_of(s, best)));
  return {step, std::sqrt(least)};
}

class LevelSearch {
 public:
  explicit LevelSearch(LevelStart start)
      : in_(std::move(start)),
        layout_(in_.experiment.network->layout),
        level_(in_.experiment.network->architecture
                   ->levels()[static_cast<std::size_t>(in_.level - 1)]),
        all_(level_parameters(*in_.experiment.network, in_.level)),
        layer_(last_layer(*in_.experiment.network, all_)),
        points_(thinned(in_.points, layout_.parameters())),
        objective_(in_.experiment, in_.weights, in_.derivatives, in_.parameters, in_.buffers,
                   in_.fused) {
    objective_.set_frozen(in_.frozen);
    objective_.set_points(points_);
  }

  StartedLevel run() {
    try_all_axes();
    for (std::size_t axis = 0; axis < axes() && axes() > 1; ++axis) try_axis(axis);
    return finish();
  }

 private:
  struct Trial {
    std::vector<double> frequency;
    at::Tensor layer;  // its parameters by least squares over all rows
    double unit = 0;   // size of a layer with a residual as large as what is left
    double before = 0, after = 0, held_out = 0;  // roots of the loss
  };

  std::size_t axes() const { return in_.experiment.network->signature.coordinates.size(); }

  // As many half waves as the points of the largest term can show along an axis.
  double highest() const {
    std::int64_t most = 1;
    for (const auto& set : points_) most = std::max(most, set.points.size(0));
    return std::pow(static_cast<double>(most), 1 / static_cast<double>(axes()));
  }

  void try_all_axes() {
    for (double f = 1; f == 1 || f <= highest(); f *= 2)
      consider(std::vector<double>(axes(), f), fmt::format("{}", f));
  }

  void try_axis(std::size_t axis) {
    const auto start = best_->frequency;
    for (const double by : {2.0, 0.5}) {
      auto other = start;
      other[axis] *= by;
      if (other[axis] < 1 || other[axis] > highest()) continue;
      consider(other, in_.experiment.network->signature.coordinates[axis].name +
                          (by > 1 ? " doubled" : " halved"));
    }
  }

  void consider(const std::vector<double>& frequency, const std::string& name) {
    Trial trial = fit(frequency);
    tried_ += fmt::format("{}{} {:.2g}", tried_.empty() ? "" : ", ", name, trial.held_out);
    if (!best_ || trial.held_out < best_->held_out) best_ = std::move(trial);
  }

  static at::Tensor columns(const at::Tensor& j, const Ranges& ranges) {
    std::vector<at::Tensor> out;
    for (const auto& [offset, size] : ranges) out.push_back(j.narrow(1, offset, size));
    return at::cat(out, 1).to(at::kCPU, at::kDouble);
  }

  void write_layer(at::Tensor parameters, const at::Tensor& values) const {
    std::int64_t from = 0;
    for (const auto& [offset, size] : layer_) {
      parameters.narrow(0, offset, size).copy_(values.narrow(0, from, size));
      from += size;
    }
  }

  void write_slot(at::Tensor buffers, int number, const std::vector<double>& values) const {
    const Slot& slot = layout_.slots()[static_cast<std::size_t>(number)];
    buffers.narrow(0, slot.offset, slot.size)
        .copy_(at::tensor(values, at::TensorOptions(at::kDouble)));
  }

  // d residuals / d parameters for an amplitude of one, at the present solution: linear in the
  // amplitude, which is small enough to leave the solution as it is.
  at::Tensor jacobian(const std::vector<double>& frequency) {
    const at::Tensor buffers = in_.buffers.clone();
    write_slot(buffers, level_.amplitude, {small});
    write_slot(buffers, level_.frequency, frequency);
    objective_.set_buffers(buffers);
    at::AutoGradMode with_grad(true);
    return objective_.jacobian();
  }

  Trial fit(const std::vector<double>& frequency) {
    at::NoGradGuard no_grad;
    objective_.set_buffers(in_.buffers);
    const at::Tensor r = objective_.residuals().to(at::kCPU, at::kDouble);
    const at::Tensor all = jacobian(frequency);
    const at::Tensor j = columns(all, layer_) / small, tangents = columns(all, all_) / small;
    const at::Tensor order = at::tensor(in_.stream.permutation(r.numel()), at::kLong);
    Trial out{frequency, ridge_fit(j, r, order).step};
    out.before = std::sqrt(squares(r));
    out.unit = out.before * std::sqrt(static_cast<double>(j.size(1))) / j.norm().item<double>();
    out.after = std::sqrt(squares(r + at::mv(j, out.layer)));
    const std::int64_t every = 1 + (tangents.size(1) - 1) / most_columns;
    out.held_out =
        ridge_fit(tangents.slice(1, 0, tangents.size(1), every).contiguous(), r, order).held_out;
    return out;
  }

  StartedLevel finish() {
    at::NoGradGuard no_grad;
    const Trial& best = *best_;
    const bool helps = best.held_out < best.before;
    const double left = best.before > 0 ? best.after / best.before : 0;
    const double reached = std::sqrt(std::max(least_reached, 1 - left * left));
    const double outputs = in_.experiment.network->signature.outputs;
    const double size = std::max(best.unit, best.layer.norm().item<double>() / reached);
    const double amplitude = size / std::sqrt(outputs);
    StartedLevel out{in_.parameters.clone(), in_.buffers.clone(), ""};
    write_slot(out.buffers, level_.frequency, best.frequency);
    write_slot(out.buffers, level_.amplitude, {amplitude});
    const bool nothing = !(amplitude > 0) || !std::isfinite(amplitude);
    if (nothing) write_slot(out.buffers, level_.amplitude, {0});
    write_layer(out.parameters,
                helps && !nothing ? best.layer / amplitude : at::zeros_like(best.layer));
    out.report = fmt::format(
        "level {} begins with amplitude {:.2g}, frequency {}; residual {:.2g}, held-out ones by "
        "frequency: {}{}",
        in_.level, nothing ? 0 : amplitude, text(best.frequency), best.before, tried_,
        helps ? "" : "; none is lower, the level begins at zero");
    return out;
  }

  std::string text(const std::vector<double>& frequency) const {
    std::string out;
    for (std::size_t k = 0; k < frequency.size(); ++k)
      out += fmt::format("{}{} {}", k ? ", " : "",
                         in_.experiment.network->signature.coordinates[k].name, frequency[k]);
    return out;
  }

  LevelStart in_;
  const Layout& layout_;
  Level level_;
  Ranges all_, layer_;  // of the level; its last layer
  std::vector<PointSet> points_;
  ResidualObjective objective_;
  std::optional<Trial> best_;
  std::string tried_;
};

}  // namespace

Ranges level_parameters(const Network& network, std::int64_t level) {
  const auto levels = network.architecture->levels();
  BANACH_ASSERT(level >= 1 && static_cast<std::size_t>(level) <= levels.size());
  const Level& one = levels[static_cast<std::size_t>(level - 1)];
  Ranges out;
  for (int i = one.first; i < one.last; ++i) {
    const Slot& slot = network.layout.slots()[static_cast<std::size_t>(i)];
    if (!slot.trainable) continue;
    if (!out.empty() && out.back().first + out.back().second == slot.offset)
      out.back().second += slot.size;
    else
      out.emplace_back(slot.offset, slot.size);
  }
  return out;
}

StartedLevel start_level(LevelStart start) { return LevelSearch(std::move(start)).run(); }

}  // namespace banach
