// SPDX-License-Identifier: Apache-2.0
// Fourier neural operator (Li et al. 2021): layers that mix channels mode by mode.
#include <algorithm>
#include <banach/layers.hpp>
#include <banach/plugin.hpp>
#include <banach/spectral.hpp>
#include <banach/tensor_architecture.hpp>
#include <cmath>
#include <numeric>

namespace {
using namespace banach;
using at::Tensor;

struct FnoParameters {
  std::int64_t width = 32, depth = 4, projection = 128, lifting = 0;
  std::optional<std::vector<std::int64_t>> modes;
  std::string activation = "gelu";
  bool grid_coordinates = true, channel_mlp = false;
  double padding = 0, gain = 1;
};
void describe(Schema<FnoParameters>& s) {
  using P = FnoParameters;
  s.field("width", &P::width, "channels of the Fourier layers").at_least(1);
  s.field("modes", &P::modes,
          "frequencies 0 .. modes - 1 (both signs) of every axis, or a list of one number for "
          "each; 12, or what the grid has")
      .where("at least 1, or a list of such numbers", [](const std::vector<std::int64_t>& list) {
        return !list.empty() && *std::min_element(list.begin(), list.end()) > 0;
      });
  s.field("depth", &P::depth, "Fourier layers").at_least(1);
  s.field("projection", &P::projection, "hidden width of the last perceptron").at_least(1);
  s.field("lifting", &P::lifting, "hidden width of the first perceptron; 0: one map").at_least(0);
  s.field("activation", &P::activation, "between the layers").one_of(activations());
  s.field("grid_coordinates", &P::grid_coordinates, "append the coordinates to the input channels");
  s.field("channel_mlp", &P::channel_mlp,
          "a perceptron over the channels after every spectral convolution");
  s.field("padding", &P::padding,
          "zeros beyond the upper end of axes that are not periodic, in lengths of the axis")
      .at_least(0)
      .at_most(100);
  s.field("gain", &P::gain, "factor on the initial spectral weights").positive();
}

// Real matrices of the discrete Fourier transform along one axis. Rows and columns with a complex
// index are pairs (real, imaginary).
struct Transform {
  Tensor forward;  // [points (2 when complex), modes 2]
  Tensor inverse;  // [modes 2, points (2 when complex)]
};

// x W + b with channels in front: x [in, ...], W [in, out], b [out].
Tensor map_channels(const Tensor& x, const Tensor& w, const Tensor& b) {
  auto shape = x.sizes().vec();
  shape[0] = w.size(1);
  return at::addmm(b.unsqueeze(1), w.t(), x.reshape({x.size(0), -1})).view(shape);
}

class Fno final : public GridArchitecture {
 public:
  using Parameters = FnoParameters;
  Fno(const FnoParameters& p, Builder& builder)
      : p_(p),
        axes_(builder.signature().coordinates),
        modes_(modes(p, builder.signature())),
        kernels_(layers(p, builder, modes_)) {
    const Signature& signature = builder.signature();
    if (signature.channels < 1)
      throw ConfigError(
          "fno maps functions on a grid: it needs a [dataset] whose inputs and outputs lie on one");
    const int width = static_cast<int>(p.width);
    const int in = signature.channels + (p.grid_coordinates ? builder.inputs() : 0);
    perceptron(builder, "lifting", in, static_cast<int>(p.lifting), width);
    for (std::int64_t i = 0; i < p.depth; ++i) layer(builder, std::to_string(i), width);
    perceptron(builder, "projection", width, static_cast<int>(p.projection), builder.outputs());
  }

  Tensor evaluate(const GridInputs& inputs, const std::vector<Tensor>& weights) const override {
    const Tensor x = with_coordinates(inputs);
    std::vector<std::int64_t> padded;
    for (std::size_t a = 0; a < axes_.size(); ++a)
      padded.push_back(padded_points(p_, axes_[a], x.size(static_cast<std::int64_t>(a) + 2)));
    return kernels_(x, padded, weights, [this](const Tensor& values, const auto& all) {
      return reference(values, all);
    });
  }

 private:
  using Weights = std::vector<Tensor>::const_iterator;
  using Transforms = std::vector<Transform>;

  // Channels in front make every map over them one matrix product.
  Tensor reference(const Tensor& values, const std::vector<Tensor>& weights) const {
    auto w = weights.begin();
    const Tensor lifted = perceptron(values.transpose(0, 1), w, p_.lifting > 0);
    Tensor x = padded(lifted);
    const auto transforms = make_transforms(x);
    for (std::int64_t i = 0; i < p_.depth; ++i) {
      x = fourier_layer(x, transforms, w);
      if (i + 1 < p_.depth) x = activate(p_.activation, x);
    }
    for (std::int64_t d = 2; d < x.dim(); ++d) x = x.narrow(d, 0, lifted.size(d));
    return perceptron(x, w, true).transpose(0, 1);
  }
  static FourierLayers layers(const FnoParameters& p, const Builder& builder,
                              std::vector<std::int64_t> modes) {
    const int coordinates = p.grid_coordinates ? builder.inputs() : 0;
    return {builder.signature().channels + coordinates,
            builder.outputs(),
            p.width,
            p.depth,
            p.projection,
            p.lifting,
            p.channel_mlp,
            p.activation,
            std::move(modes)};
  }

  static std::vector<std::int64_t> modes(const FnoParameters& p, const Signature& signature) {
    const Domain& axes = signature.coordinates;
    if (axes.empty() || axes.size() > 3)
      throw ConfigError("fno works on grids of 1 to 3 axes; this one has " +
                        std::to_string(axes.size()));
    if (p.modes && p.modes->size() != 1 && p.modes->size() != axes.size())
      throw ConfigError("modes lists " + std::to_string(p.modes->size()) + " numbers for " +
                        std::to_string(axes.size()) +
                        " axes: give one number for all, or one for each");
    std::vector<std::int64_t> out;
    for (std::size_t a = 0; a < axes.size(); ++a) {
      const std::int64_t points = a < signature.grid.size() ? signature.grid[a] : 0;
      const std::int64_t most = padded_points(p, axes[a], points) / 2 + 1;
      const std::int64_t wanted =
          p.modes ? (*p.modes)[p.modes->size() > 1 ? a : 0] : std::min<std::int64_t>(12, most);
      if (points > 0 && wanted > most)
        throw ConfigError("modes = " + std::to_string(wanted) + " along \"" + axes[a].name +
                          "\", but the " + std::to_string(points) +
                          " points of the training grid have " + std::to_string(most) +
                          " (half of the points, padding included, and 1)");
      out.push_back(wanted);
    }
    return out;
  }
  // Points of an axis with padding; the period in coordinates is the same at every resolution.
  static std::int64_t padded_points(const FnoParameters& p, const Axis& axis, std::int64_t n) {
    if (axis.periodic || p.padding == 0) return n;
    return std::max<std::int64_t>(n, std::llround((1 + p.padding) * static_cast<double>(n - 1)));
  }

  void add(const Linear& map) { slots_.insert(slots_.end(), {map.weight, map.bias}); }
  void perceptron(Builder& builder, const std::string& name, int in, int hidden, int out) {
    const Init init{Init::Kind::torch_default};
    if (hidden > 0) add(builder.linear(name + ".hidden", in, hidden, init, init));
    add(builder.linear(name, hidden > 0 ? hidden : in, out, init, init));
  }
  void layer(Builder& builder, const std::string& number, int width) {
    // All frequencies of all axes but the last, whose negative ones are the conjugates.
    std::vector<std::int64_t> shape{modes_.back()};
    for (std::size_t a = modes_.size() - 1; a-- > 0;) shape.push_back(2 * modes_[a] - 1);
    shape.insert(shape.end(), {width, width, 2});
    const Init spectral{Init::Kind::uniform, p_.gain / width, 0};
    slots_.push_back(builder.slot("spectral." + number + ".weight", shape, spectral, width, width));
    const Init init{Init::Kind::torch_default};
    if (p_.channel_mlp) perceptron(builder, "channels." + number, width, width, width);
    add(builder.linear("skip." + number, width, width, init, init));
  }

  // [B, channels, X, ...]
  Tensor with_coordinates(const GridInputs& inputs) const {
    if (!p_.grid_coordinates) return inputs.values;
    auto shape = inputs.values.sizes().vec();
    shape[1] = 1;
    std::vector<Tensor> parts{inputs.values};
    for (std::size_t a = 0; a < inputs.coordinates.size(); ++a) {
      std::vector<std::int64_t> line(shape.size(), 1);
      line[a + 2] = -1;
      parts.push_back(
          inputs.coordinates[a].to(inputs.values.options()).reshape(line).expand(shape));
    }
    return at::cat(parts, 1);
  }
  Tensor perceptron(const Tensor& x, Weights& w, bool hidden) const {
    Tensor h = map_channels(x, w[0], w[1]);
    w += 2;
    if (!hidden) return h;
    h = map_channels(activate(p_.activation, h), w[0], w[1]);
    w += 2;
    return h;
  }
  Tensor padded(const Tensor& x) const {
    std::vector<std::int64_t> pad;
    for (std::size_t a = axes_.size(); a-- > 0;) {
      const std::int64_t n = x.size(static_cast<std::int64_t>(a) + 2);
      pad.insert(pad.end(), {0, padded_points(p_, axes_[a], n) - n});
    }
    const bool any = std::any_of(pad.begin(), pad.end(), [](auto n) { return n > 0; });
    return any ? at::constant_pad_nd(x, pad) : x;
  }

  Transforms make_transforms(const Tensor& x) const {
    Transforms out;
    for (std::size_t a = 0; a < modes_.size(); ++a)
      out.push_back(make_transform(x.size(static_cast<std::int64_t>(a) + 2), modes_[a],
                                   a + 1 == modes_.size(), x.options()));
    return out;
  }
  // Frequencies that the grid cannot carry get zeros. Half of the highest one of an even grid
  // belongs to each sign, so that the operator is the same function at every resolution.
  static Transform make_transform(std::int64_t n, std::int64_t modes, bool last,
                                  const at::TensorOptions& options) {
    const auto exact = options.dtype(at::kDouble).requires_grad(false);
    const Tensor k = at::arange(last ? 0 : 1 - modes, modes, exact);
    const Tensor x = at::arange(n, exact);
    const Tensor angle = at::remainder(x.unsqueeze(1) * k, n) * (2 * pi / static_cast<double>(n));
    const Tensor carried = (at::sign(n - 2 * k.abs()) + 1) / 2;
    const Tensor known = at::ceil(carried) / static_cast<double>(n);
    const Tensor both = last ? at::sign(k) + 1 : at::ones_like(k);
    // e^-i = c - i s; its transpose has e^+i = c + i s, of which the last axis keeps the real part.
    const auto matrix = [&](const Tensor& factor) {
      const Tensor c = at::cos(angle) * factor, s = at::sin(angle) * factor;
      const Tensor real = at::stack({c, -s}, 2);  // [n, k, 2]
      if (last) return real.reshape({n, -1});
      return at::stack({real, at::stack({s, c}, 2)}, 1).reshape({2 * n, -1});
    };
    return {matrix(known).to(options), matrix(carried * both).t().contiguous().to(options)};
  }

  Tensor fourier_layer(const Tensor& x, const Transforms& transforms, Weights& w) const {
    Tensor spectral = convolved(x, transforms, *w++);
    if (p_.channel_mlp) spectral = perceptron(spectral, w, true);
    const Tensor skip = map_channels(x, w[0], w[1]);
    w += 2;
    return skip + spectral;
  }

  // (re, im) (a + i b) as a real product: [modes, in 2, out 2]
  static Tensor as_real(const Tensor& weight, std::int64_t modes, std::int64_t channels) {
    const Tensor w = weight.reshape({modes, channels, 1, channels, 2});
    const Tensor a = w.select(4, 0), b = w.select(4, 1);
    return at::cat({w, at::stack({-b, a}, 4)}, 2).view({modes, 2 * channels, 2 * channels});
  }

  // [C, B, X, ...] -> modes -> channels mixed -> [C, B, X, ...]
  Tensor convolved(const Tensor& x, const Transforms& transforms, const Tensor& weight) const {
    const std::int64_t channels = x.size(0), batch = x.size(1), last = x.dim() - 1;
    auto shape = x.sizes().vec();
    // The open axes stand in front of the finished ones: [C, B, X, ..., modes, 2].
    Tensor t = at::mm(x.reshape({-1, shape.back()}), transforms.back().forward);
    for (std::int64_t a = last - 1; a >= 2; --a) {
      const std::int64_t open = product(shape, 2, a);
      t = t.view({channels * batch * open, shape[a], -1, 2}).transpose(1, 2);
      t = at::mm(t.reshape({-1, 2 * shape[a]}), transforms[a - 2].forward);
    }
    t = t.view({channels, batch, -1, 2}).permute({2, 1, 0, 3});
    const std::int64_t modes = t.size(0);
    t = at::bmm(t.reshape({modes, batch, 2 * channels}), as_real(weight, modes, channels));
    t = t.view({modes, batch, channels, 2}).permute({2, 1, 0, 3});
    for (std::int64_t a = 2; a < last; ++a) {
      const std::int64_t closed = product(shape, 2, a);
      const std::int64_t own = 2 * modes_[a - 2] - 1;
      t = at::mm(t.reshape({-1, 2 * own}), transforms[a - 2].inverse);
      t = t.view({channels * batch * closed, -1, shape[a], 2}).transpose(1, 2);
    }
    return at::mm(t.reshape({-1, 2 * modes_.back()}), transforms.back().inverse).view(shape);
  }
  static std::int64_t product(const std::vector<std::int64_t>& shape, std::int64_t from,
                              std::int64_t to) {
    return std::accumulate(shape.begin() + from, shape.begin() + to, std::int64_t{1},
                           std::multiplies<>());
  }

  FnoParameters p_;
  Domain axes_;
  std::vector<std::int64_t> modes_;
  FourierKernels kernels_;
};
}  // namespace

BANACH_PLUGIN("fno", "1.0.0", registry) {
  registry.architecture<Fno>("fno", "Fourier neural operator on grids of 1 to 3 axes");
}
