// SPDX-License-Identifier: Apache-2.0
// The Fourier neural operator against a transform written out as sums, and its symmetries.
#include <torch/csrc/autograd/autograd.h>

#include "banach/tensor_architecture.hpp"
#include "core/expression/layout.hpp"
#include "tests/plugins/catalog.hpp"

namespace banach::testing {
namespace {

using at::Tensor;

class Operator {
 public:
  Operator(const std::string& toml, Signature signature) : signature_(std::move(signature)) {
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
  Tensor operator()(const Tensor& values) const {
    GridInputs inputs{values, {}};
    for (std::size_t a = 0; a < signature_.coordinates.size(); ++a) {
      const auto n = values.size(static_cast<std::int64_t>(a) + 2);
      const double cells = static_cast<double>(signature_.coordinates[a].periodic ? n : n - 1);
      inputs.coordinates.push_back(at::arange(n, values.options()) / cells);
    }
    std::vector<Tensor> weights;
    for (const int i : architecture_->slots()) weights.push_back(slot(i).to(values.options()));
    return architecture_->evaluate(inputs, weights);
  }
  Tensor slot(int i) const {
    const Slot& s = layout_.slots()[static_cast<std::size_t>(i)];
    return parameters.narrow(0, s.offset, s.size).view(s.shape);
  }
  Tensor slot(const std::string& name) const { return slot(layout_.find(name)); }
  const Layout& layout() const { return layout_; }
  Tensor parameters;

 private:
  Signature signature_;
  Layout layout_;
  std::shared_ptr<GridArchitecture> architecture_;
};

Signature grid(std::vector<std::int64_t> points, bool periodic, int channels = 1, int outputs = 1) {
  Signature out;
  for (std::size_t a = 0; a < points.size(); ++a)
    out.coordinates.push_back({std::string(1, "xyzw"[a]), 0, 1, periodic});
  out.outputs = outputs;
  out.channels = channels;
  out.grid = std::move(points);
  return out;
}

// cos and sin of 2 pi k x, random amplitudes, |k| <= band along every axis: [2, channels, n, ...].
Tensor waves(const std::vector<std::int64_t>& points, int channels, int band) {
  at::manual_seed(11);
  std::vector<std::int64_t> shape{2, channels};
  shape.insert(shape.end(), points.begin(), points.end());
  Tensor out = at::zeros(shape, at::kDouble);
  for (int term = 0; term < 12; ++term) {
    std::vector<std::int64_t> rows(shape.size(), 1);
    Tensor phase = 6 * at::rand({2, channels}, at::kDouble);
    const Tensor amplitude = at::randn({2, channels}, at::kDouble);
    const Tensor k = at::randint(-band, band + 1, {static_cast<std::int64_t>(points.size())});
    rows[0] = 2;
    rows[1] = channels;
    phase = phase.view(rows);
    for (std::size_t a = 0; a < points.size(); ++a) {
      std::vector<std::int64_t> line(shape.size(), 1);
      line[a + 2] = points[a];
      const Tensor x = at::arange(points[a], at::kDouble) / static_cast<double>(points[a]);
      phase = phase + 2 * pi * k[static_cast<std::int64_t>(a)].item<double>() * x.view(line);
    }
    out = out + amplitude.view(rows) * at::cos(phase);
  }
  return out;
}

double distance(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

// One layer of one axis, all sums written out.
Tensor by_sums(const Operator& f, const Tensor& v, int modes, int width) {
  const auto plain = [](const Tensor& h, const Tensor& w, const Tensor& b) {
    return at::einsum("bix,io->box", {h, w}) + b.view({1, -1, 1});
  };
  const Tensor h = plain(v, f.slot("lifting.weight"), f.slot("lifting.bias"));
  const Tensor w = f.slot("spectral.0.weight");
  const std::int64_t n = v.size(2);
  Tensor sum = at::zeros_like(h);
  const Tensor x = at::arange(n, at::kDouble) / static_cast<double>(n);
  for (int k = 0; k < modes; ++k)
    for (int i = 0; i < width; ++i)
      for (int o = 0; o < width; ++o) {
        const Tensor c = at::cos(2 * pi * k * x), s = at::sin(2 * pi * k * x);
        const Tensor re = (h.select(1, i) * c).mean(1, true);
        const Tensor im = -(h.select(1, i) * s).mean(1, true);
        const Tensor a = w[k][i][o][0], b = w[k][i][o][1];
        const double twice = k == 0 || 2 * k == n ? 1 : 2;
        sum.select(1, o) += twice * ((re * a - im * b) * c - (re * b + im * a) * s);
      }
  const Tensor y = sum + plain(h, f.slot("skip.0.weight"), f.slot("skip.0.bias"));
  const Tensor hidden =
      at::gelu(plain(y, f.slot("projection.hidden.weight"), f.slot("projection.hidden.bias")));
  return plain(hidden, f.slot("projection.weight"), f.slot("projection.bias"));
}

TEST(Fno, IsTheSumOverItsModes) {
  for (const int n : {8, 9}) {
    const Operator f("width = 3\nmodes = 5\ndepth = 1\ngrid_coordinates = false",
                     grid({n}, true, 2));
    at::manual_seed(1);
    const Tensor v = at::randn({2, 2, n}, at::kDouble);
    EXPECT_LT(distance(f(v), by_sums(f, v, 5, 3)), 1e-13);
  }
}

// The library's own transforms on the full spectrum, modes picked one by one.
Tensor by_library(const Tensor& h, const Tensor& w, const std::vector<int>& modes) {
  const Tensor spectrum = at::fft_fftn(h, {}, c10::IntArrayRef({2, 3, 4}), "forward");
  Tensor mixed = at::zeros_like(spectrum);
  const Tensor complex = at::view_as_complex(w.contiguous());
  const auto place = [&](int k, std::int64_t axis) {
    return k >= 0 ? k : static_cast<int>(h.size(axis)) + k;
  };
  for (int z = 0; z < modes[2]; ++z)
    for (int y = 1 - modes[1]; y < modes[1]; ++y)
      for (int x = 1 - modes[0]; x < modes[0]; ++x) {
        const auto at_mode = [&](const Tensor& t) {
          return t.select(4, place(z, 4)).select(3, place(y, 3)).select(2, place(x, 2));
        };
        at_mode(mixed) += (z > 0 ? 2 : 1) *
                          at::mm(at_mode(spectrum), complex[z][y + modes[1] - 1][x + modes[0] - 1]);
      }
  return at::real(at::fft_ifftn(mixed, {}, c10::IntArrayRef({2, 3, 4}), "forward"));
}

TEST(Fno, AgreesWithFullTransformsOnThreeAxes) {
  const Operator f("width = 2\nmodes = [2, 3, 4]\ndepth = 1\ngrid_coordinates = false",
                   grid({6, 7, 9}, true));
  at::manual_seed(2);
  const Tensor v = at::randn({2, 1, 6, 7, 9}, at::kDouble);
  const auto plain = [&](const Tensor& h, const std::string& name) {
    return at::einsum("bixyz,io->boxyz", {h, f.slot(name + ".weight")}) +
           f.slot(name + ".bias").view({1, -1, 1, 1, 1});
  };
  const Tensor h = plain(v, "lifting");
  const Tensor y = by_library(h, f.slot("spectral.0.weight"), {2, 3, 4}) + plain(h, "skip.0");
  const Tensor expected = plain(at::gelu(plain(y, "projection.hidden")), "projection");
  EXPECT_LT(distance(f(v), expected), 1e-13);
}

TEST(Fno, ShiftsWithItsInput) {
  const std::vector<std::vector<std::int64_t>> grids{{32}, {12, 10}, {8, 6, 10}};
  for (const auto& points : grids) {
    const Operator f("width = 4\nmodes = 4\ndepth = 3\ngrid_coordinates = false",
                     grid(points, true));
    at::manual_seed(4);
    std::vector<std::int64_t> shape{2, 1};
    shape.insert(shape.end(), points.begin(), points.end());
    const Tensor v = at::randn(shape, at::kDouble);
    for (std::int64_t axis = 2; axis < v.dim(); ++axis)
      EXPECT_LT(distance(f(v.roll(3, axis)), f(v).roll(3, axis)), 1e-12);
  }
}

TEST(Fno, IsTheSameFunctionAtEveryResolution) {
  // One layer and a linear end keep a band-limited input band-limited: nothing may alias.
  const std::string toml =
      "width = 3\nmodes = 4\ndepth = 1\ngrid_coordinates = false\nactivation = \"relu\"";
  for (const std::vector<std::int64_t>& coarse :
       {std::vector<std::int64_t>{8}, {6, 8}, {6, 6, 8}}) {
    Operator f(toml, grid(coarse, true));
    for (const auto& slot : f.layout().slots())  // relu of positive numbers is linear
      if (slot.name == "projection.hidden.bias")
        f.parameters.narrow(0, slot.offset, slot.size).fill_(1e3);
    auto fine = coarse;
    for (auto& n : fine) n *= 2;
    Tensor y = f(waves(fine, 1, 2));
    for (std::int64_t axis = 2; axis < y.dim(); ++axis)
      y = y.index_select(axis, at::arange(0, y.size(axis), 2));
    const Tensor expected = f(waves(coarse, 1, 2));
    EXPECT_LT(distance(y - y.mean(), expected - expected.mean()), 1e-10);
  }
}

TEST(Fno, TakesAFewerPointsThanItsModes) {
  const Operator f("width = 3\nmodes = 6\ndepth = 2", grid({16, 16}, true));
  const Tensor y = f(waves({4, 5}, 1, 1));
  EXPECT_EQ(y.sizes(), (std::vector<std::int64_t>{2, 1, 4, 5}));
  EXPECT_TRUE(at::isfinite(y).all().item<bool>());
}

TEST(Fno, GradientAgreesWithDifferences) {
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> cases{
      {"modes = 4\nlifting = 5", {10}},
      {"modes = [3, 4]\npadding = 0.3\nchannel_mlp = true", {7, 8}},
      {"modes = [2, 3, 2]\nactivation = \"tanh\"", {4, 5, 6}}};
  for (const auto& [toml, points] : cases) {
    Operator f("width = 3\ndepth = 2\nprojection = 4\n" + toml, grid(points, false, 2, 2));
    const Tensor v = waves(points, 2, 2);
    const Tensor start = f.parameters;
    const Tensor direction = at::cos(at::arange(start.numel(), at::kDouble));
    const auto loss = [&](const Tensor& parameters) {
      f.parameters = parameters;
      return at::sin(f(v)).sum();
    };
    const Tensor leaf = start.detach().clone().requires_grad_(true);
    const Tensor gradient = torch::autograd::grad({loss(leaf)}, {leaf})[0];
    const double h = 1e-4, slope = (gradient * direction).sum().item<double>();
    const auto at_step = [&](double s) { return loss(start + s * h * direction).item<double>(); };
    const double found = (8 * (at_step(1) - at_step(-1)) - (at_step(2) - at_step(-2))) / (12 * h);
    EXPECT_NEAR(found / slope, 1, 1e-7);
  }
}

TEST(Fno, PaddingKeepsThePeriodAtOtherResolutions) {
  const std::string toml = "width = 3\nmodes = 3\ndepth = 2\ngrid_coordinates = false\n";
  Operator f(toml + "padding = 0.5", grid({17}, false)), longer(toml, grid({24}, true));
  for (Operator* one : {&f, &longer}) one->slot("lifting.bias").zero_();
  // 17 points in a period of 24, 129 in one of 192: the same length.
  for (const auto& [n, period] : std::map<std::int64_t, std::int64_t>{{17, 24}, {129, 192}}) {
    const Tensor v = at::cos(at::arange(n, at::kDouble)).view({1, 1, n});
    const Tensor expected = longer(at::constant_pad_nd(v, {0, period - n})).narrow(2, 0, n);
    EXPECT_LT(distance(f(v), expected), 1e-13);
  }
}

TEST(Fno, RunsInSinglePrecision) {
  const Operator f("width = 4\nmodes = 4", grid({12, 12}, false));
  const Tensor v = waves({12, 12}, 1, 3);
  const Tensor y = f(v.to(at::kFloat));
  EXPECT_EQ(y.scalar_type(), at::kFloat);
  EXPECT_LT(distance(y.to(at::kDouble), f(v)), 1e-5);
}

std::string refusal(const std::string& toml, const Signature& signature) {
  try {
    const Operator f(toml, signature);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "";
}

TEST(Fno, NamesGridAndModesThatDoNotFit) {
  const std::string two = refusal("modes = [4, 12]", grid({16, 20}, true));
  EXPECT_NE(two.find("modes = 12 along \"y\", but the 20 points of the training grid have 11"),
            std::string::npos)
      << two;
  const std::string list = refusal("modes = [4, 4]", grid({16}, true));
  EXPECT_NE(list.find("modes lists 2 numbers for 1 axes"), std::string::npos) << list;
  EXPECT_NE(refusal("", grid({4, 4, 4, 4}, true)), "");
  const std::string points = refusal("", grid({16}, true, 0));
  EXPECT_NE(points.find("needs a [dataset]"), std::string::npos) << points;
}

TEST(Fno, TakesAsManyModesAsTheGridHas) {
  const Operator f("", grid({16, 40}, true));
  const auto& slots = f.layout().slots();
  const auto& shape = slots[static_cast<std::size_t>(f.layout().find("spectral.0.weight"))].shape;
  EXPECT_EQ(shape, (std::vector<std::int64_t>{12, 17, 32, 32, 2}));
}

}  // namespace
}  // namespace banach::testing
