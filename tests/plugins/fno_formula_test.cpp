// SPDX-License-Identifier: Apache-2.0
// The Fourier neural operator against transforms written out as sums, and against the library's
// own.
#include "tests/plugins/fno.hpp"

namespace banach::testing {
namespace {

using at::Tensor;

// One layer of one axis, all sums written out.
Tensor by_sums(const FnoOperator& f, const Tensor& v, int modes, int width) {
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
    const FnoOperator f("width = 3\nmodes = 5\ndepth = 1\ngrid_coordinates = false",
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
  const FnoOperator f("width = 2\nmodes = [2, 3, 4]\ndepth = 1\ngrid_coordinates = false",
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

}  // namespace
}  // namespace banach::testing
