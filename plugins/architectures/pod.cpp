// SPDX-License-Identifier: Apache-2.0
// Proper orthogonal decomposition of the training outputs, as a trunk (Lu et al. 2022).
#include <banach/plugin.hpp>
#include <banach/tensor_architecture.hpp>
#include <cmath>
#include <numeric>

namespace {
using namespace banach;
using at::Tensor;

struct PodParameters {
  std::int64_t modes = 32;
};
void describe(Schema<PodParameters>& s) {
  s.field("modes", &PodParameters::modes, "of the training outputs, for each output").at_least(1);
}

Tensor matrix(const std::vector<double>& values, std::vector<std::int64_t> shape) {
  return at::tensor(values, at::kDouble).reshape(shape);
}
std::vector<double> numbers(const Tensor& t) {
  const Tensor flat = t.contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

class Pod final : public TensorArchitecture {
 public:
  using Parameters = PodParameters;
  Pod(const PodParameters& p, Builder& builder) : Pod(p, builder, slots(p, builder)) {}

  int basis() const override { return modes_ + 1; }

  // Modes scaled by the standard deviation of their coefficients, which are then of order one.
  void prepare(Preparation& preparation) override {
    const Snapshots& all = preparation.snapshots();
    if (all.count == 0)
      throw ConfigError("pod takes its modes from training outputs: it needs a [dataset]");
    check(all);
    set_places(all, preparation);
    const Tensor values = matrix(all.values, {all.count, all.size, fields_});
    std::vector<Tensor> columns;
    for (std::int64_t field = 0; field < fields_; ++field) {
      const Tensor v = values.select(2, field), mean = v.mean(0, true);
      const auto [u, s, vt] = at::linalg_svd(v - mean, false);
      const double scale = 1 / std::sqrt(static_cast<double>(all.count));
      columns.push_back(mean.t());
      columns.push_back((s.narrow(0, 0, modes_) * scale) * vt.narrow(0, 0, modes_).t());
    }
    preparation.set(slots_[0], numbers(at::cat(columns, 1)));
  }

  Tensor evaluate(const Tensor& points, const std::vector<Tensor>& w) const override {
    return scattered_ ? w[0].index_select(0, nearest(points, w[1])) : interpolated(points, w);
  }

 private:
  Pod(const PodParameters& p, Builder& builder, std::vector<int> slots)
      : TensorArchitecture(builder.signature().fields * static_cast<int>(p.modes + 1),
                           std::move(slots)),
        axes_(builder.signature().coordinates),
        grid_(builder.signature().grid),
        scattered_(grid_.size() != axes_.size()),
        modes_(static_cast<int>(p.modes)),
        fields_(builder.signature().fields) {}

  static std::int64_t size(const std::vector<std::int64_t>& grid) {
    return std::accumulate(grid.begin(), grid.end(), std::int64_t{1}, std::multiplies<>());
  }
  static std::vector<int> slots(const PodParameters& p, Builder& builder) {
    const Signature& signature = builder.signature();
    const auto& grid = signature.grid;
    const std::size_t axes = signature.coordinates.size();
    if (grid.size() != axes && grid.size() != 1)
      throw ConfigError(
          "pod takes its modes from training outputs: it needs a [dataset] whose outputs lie on "
          "the same points in all samples");
    const int columns = signature.fields * static_cast<int>(p.modes + 1);
    const auto fixed = [&](const std::string& name, std::vector<std::int64_t> shape) {
      return builder.slot(name, std::move(shape), Init{Init::Kind::zeros}, 1, 1, false);
    };
    std::vector<int> out{fixed("modes", {size(grid), columns})};
    if (grid.size() != axes)
      out.push_back(fixed("points", {size(grid), static_cast<std::int64_t>(axes)}));
    else
      for (std::size_t a = 0; a < axes; ++a)
        out.push_back(fixed("grid." + signature.coordinates[a].name, {grid[a]}));
    return out;
  }

  void check(const Snapshots& all) const {
    if (all.size != size(grid_) ||
        all.values.size() != static_cast<std::size_t>(all.count * all.size * fields_))
      throw ConfigError("pod: the training outputs have " + std::to_string(all.size) +
                        " points, the grid of the data set has " + std::to_string(size(grid_)));
    const std::int64_t most = std::min(all.count, all.size);
    if (modes_ > most)
      throw ConfigError("modes = " + std::to_string(modes_) + ", but " + std::to_string(all.count) +
                        " training samples of " + std::to_string(all.size) +
                        " points have at most " + std::to_string(most));
  }
  void set_places(const Snapshots& all, Preparation& preparation) const {
    const auto axes = static_cast<std::int64_t>(axes_.size());
    if (scattered_) return preparation.set(slots_[1], all.points);
    auto shape = grid_;
    shape.push_back(axes);
    Tensor points = matrix(all.points, shape);
    for (std::int64_t a = 0; a < axes; ++a) {
      Tensor line = points.select(axes, a);
      for (std::int64_t other = axes; other-- > 0;)
        if (other != a) line = line.select(other, 0);
      const Tensor steps = line.diff();
      std::vector<std::int64_t> along(static_cast<std::size_t>(axes), 1);
      along[static_cast<std::size_t>(a)] = -1;
      if (!(steps > 0).all().item<bool>() ||
          !points.select(axes, a).eq(line.reshape(along)).all().item<bool>())
        throw ConfigError("pod: the coordinate \"" + axes_[static_cast<std::size_t>(a)].name +
                          "\" of the data set does not increase along its axis of the grid");
      preparation.set(slots_[static_cast<std::size_t>(a) + 1], numbers(line));
    }
  }

  static Tensor nearest(const Tensor& points, const Tensor& places) {
    return at::cdist(points.detach(), places).argmin(1);
  }
  // Multilinear; beyond the ends constant, or around the period.
  Tensor interpolated(const Tensor& points, const std::vector<Tensor>& w) const {
    const std::int64_t n = points.size(0);
    Tensor row = at::zeros({n, 1}, points.options().dtype(at::kLong).requires_grad(false));
    Tensor weight = at::ones({n, 1}, points.options().requires_grad(false));
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      const Axis& axis = axes_[a];
      Tensor line = w[a + 1], x = points.select(1, static_cast<std::int64_t>(a));
      const std::int64_t count = line.size(0);
      if (axis.periodic) {
        const double length = axis.upper - axis.lower;
        line = at::cat({line, line.narrow(0, 0, 1) + length});
        x = x - length * at::floor((x.detach() - line[0]) / length);
      }
      const std::int64_t last = std::max<std::int64_t>(line.size(0) - 2, 0);
      const Tensor left = at::clamp(
          at::searchsorted(line.detach(), x.detach().contiguous(), false, true) - 1, 0, last);
      const Tensor right = at::clamp_max(left + 1, line.size(0) - 1);
      const Tensor from = line.index_select(0, left);
      const Tensor width = at::clamp_min(line.index_select(0, right) - from, 1e-30);
      const Tensor part = at::clamp((x - from) / width, 0, 1).unsqueeze(1);
      row = at::cat(
          {row * count + left.unsqueeze(1), row * count + at::remainder(right, count).unsqueeze(1)},
          1);
      weight = at::cat({weight * (1 - part), weight * part}, 1);
    }
    const Tensor corners = w[0].index_select(0, row.reshape({-1})).view({n, row.size(1), -1});
    return at::bmm(weight.unsqueeze(1), corners).squeeze(1);
  }

  Domain axes_;
  std::vector<std::int64_t> grid_;
  bool scattered_;
  int modes_, fields_;
};
}  // namespace

BANACH_PLUGIN("pod", "1.0.0", registry) {
  registry.architecture<Pod>("pod", "modes of the training outputs, the trunk of a deeponet");
}
