// SPDX-License-Identifier: Apache-2.0
#include <complex>

#include "tests/generators/generators.hpp"

namespace banach {
namespace {

using testing::arrays_of;
using testing::Numbers;
using testing::relative_error;

constexpr double pi = 3.14159265358979323846;

Numbers frame(const Numbers& w, int n, int k) {
  return Numbers(w.begin() + k * n * n, w.begin() + (k + 1) * n * n);
}

TEST(NavierStokesGenerator, TaylorGreenVortexDecays) {
  const auto data = arrays_of(
      "type = \"navier_stokes\"\nstart = \"taylor_green\"\nforce = 0\nviscosity = 0.01\ntime = 2\n"
      "points = 12\nresolution = 16\nframes = 2\nsteps = 20");
  for (int k = 0; k < 2; ++k) {
    Numbers exact;
    for (int i = 0; i < 12; ++i)
      for (int j = 0; j < 12; ++j)
        exact.push_back(4 * pi * std::cos(2 * pi * i / 12) * std::cos(2 * pi * j / 12) *
                        std::exp(-0.08 * pi * pi * (k + 1)));
    EXPECT_LT(relative_error(frame(data[1], 12, k), exact), 1e-12);
  }
}

/// A periodic function on n x n points and what plain sums over its Fourier modes say of it.
struct Plane {
  int n;
  Numbers values;
  /// sum of the modes times factor(k1, k2), a real or imaginary part of which survives.
  template <class Factor>
  Numbers multiplied(Factor factor) const {
    std::vector<std::complex<double>> out(values.size());
    for (int k1 = -n / 2 + 1; k1 < n / 2; ++k1)
      for (int k2 = -n / 2 + 1; k2 < n / 2; ++k2) {
        std::complex<double> c = 0;
        for (int i = 0; i < n; ++i)
          for (int j = 0; j < n; ++j)
            c += values[static_cast<std::size_t>(i * n + j)] *
                 std::polar(1.0, -2 * pi * (k1 * i + k2 * j) / n);
        c *= factor(k1, k2) / double(n * n);
        for (int i = 0; i < n; ++i)
          for (int j = 0; j < n; ++j)
            out[static_cast<std::size_t>(i * n + j)] +=
                c * std::polar(1.0, 2 * pi * (k1 * i + k2 * j) / n);
      }
    Numbers real;
    for (const auto& value : out) real.push_back(value.real());
    return real;
  }
};

TEST(NavierStokesGenerator, SatisfiesTheEquation) {
  // Frames at 0.25 -+ 2 h, 0.25 -+ h for the derivative in time; few modes, well resolved.
  const int n = 24, frames = 102;
  const double nu = 0.01, h = 0.5 / 200;
  const auto data = arrays_of(
      "type = \"navier_stokes\"\nmodes = 2\nviscosity = 0.01\ntime = 0.255\nframes = 102\npoints = "
      "24\nresolution = 48\nsteps = 408");
  const auto at = [&](int k) { return frame(data[1], n, frames / 2 + k); };
  const Plane w{n, at(0)};
  using C = std::complex<double>;
  const auto inverse = [](int k1, int k2) {
    const double k = k1 * k1 + k2 * k2;
    return k > 0 ? 1 / (4 * pi * pi * k) : 0.0;
  };
  const auto u = w.multiplied([&](int a, int b) { return C(0, 2 * pi * b) * inverse(a, b); });
  const auto v = w.multiplied([&](int a, int b) { return C(0, -2 * pi * a) * inverse(a, b); });
  const auto wx = w.multiplied([](int a, int) { return C(0, 2 * pi * a); });
  const auto wy = w.multiplied([](int, int b) { return C(0, 2 * pi * b); });
  const auto laplace =
      w.multiplied([](int a, int b) { return C(-4 * pi * pi * (a * a + b * b), 0); });
  const auto b2 = at(-2), b1 = at(-1), f1 = at(1), f2 = at(2);
  Numbers rate, right;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const auto p = static_cast<std::size_t>(i * n + j);
      const double angle = 2 * pi * (i + j) / n;
      rate.push_back((8 * (f1[p] - b1[p]) - f2[p] + b2[p]) / (12 * h));
      right.push_back(nu * laplace[p] - u[p] * wx[p] - v[p] * wy[p] +
                      0.1 * (std::sin(angle) + std::cos(angle)));
    }
  EXPECT_LT(relative_error(rate, right), 1e-5);
  Numbers without = right;  // the nonlinear term is no small part of it
  for (std::size_t p = 0; p < without.size(); ++p) without[p] += u[p] * wx[p] + v[p] * wy[p];
  EXPECT_GT(relative_error(without, right), 0.05);
}

TEST(NavierStokesGenerator, ConvergesWithOrderFourInTime) {
  const std::string text =
      "type = \"navier_stokes\"\nmodes = 3\nviscosity = 1e-3\ntime = 2\nframes = 1\npoints = "
      "16\nresolution = 32\nsteps = ";
  const auto exact = arrays_of(text + "800")[1];
  const double coarse = relative_error(arrays_of(text + "50")[1], exact);
  const double fine = relative_error(arrays_of(text + "100")[1], exact);
  EXPECT_NEAR(std::log2(coarse / fine), 4, 0.4) << coarse << ' ' << fine;
}

TEST(NavierStokesGenerator, IsTheSameFlowOnEveryGrid) {
  const std::string text = "type = \"navier_stokes\"\ntime = 1\nframes = 1\nsteps = 20\npoints = ";
  const auto fine = arrays_of(text + "64"), coarse = arrays_of(text + "32");
  for (const std::size_t v : {0, 1})
    for (std::size_t i = 0; i < 32; ++i)
      for (std::size_t j = 0; j < 32; ++j)
        EXPECT_NEAR(fine[v][2 * (64 * i + j)], coarse[v][32 * i + j], 1e-12);
}

TEST(NavierStokesGenerator, SaysWhenTheSolverIsTooCoarse) {
  const auto text =
      "type = \"navier_stokes\"\nviscosity = 1e-6\ntime = 10\nresolution = 32\nsteps = 1000";
  EXPECT_EQ(testing::error_of([&] { arrays_of(text); }),
            std::pair(65, std::string("w(T) is not resolved: raise resolution and steps")));
}

}  // namespace
}  // namespace banach
