// SPDX-License-Identifier: Apache-2.0
// Against the solution by the transform of Cole and Hopf.
#include <complex>

#include "tests/generators/generators.hpp"

namespace banach {
namespace {

using testing::arrays_of;
using testing::every;
using testing::Numbers;
using testing::relative_error;

constexpr double pi = 3.14159265358979323846;

/// u(x_j, T) for all points of a periodic u0 on as many: u = -2 nu phi_x / phi, phi_t = nu phi_xx,
/// phi(x, 0) = exp(-int u0 / (2 nu)), all by plain sums over Fourier modes.
Numbers cole_hopf(const Numbers& u0, double nu, double time) {
  const int n = static_cast<int>(u0.size());
  const auto wave = [](int k) { return 2 * pi * k; };
  const auto coefficients = [&](const Numbers& f) {
    std::vector<std::complex<double>> c;
    for (int k = 0; k < n / 2; ++k) {
      std::complex<double> sum = 0;
      for (int j = 0; j < n; ++j)
        sum += f[static_cast<std::size_t>(j)] * std::polar(1.0, -2 * pi * (k * j % n) / n);
      c.push_back(sum / double(n));
    }
    return c;
  };
  const auto series = [&](const std::vector<std::complex<double>>& c, double x) {
    std::complex<double> sum = c[0] / 2.0;
    for (int k = 1; k < n / 2; ++k)
      sum += c[static_cast<std::size_t>(k)] * std::polar(1.0, wave(k) * x);
    return 2 * sum.real();
  };
  auto c = coefficients(u0);
  c[0] = 0;
  for (int k = 1; k < n / 2; ++k)
    c[static_cast<std::size_t>(k)] /= std::complex<double>(0, wave(k));
  Numbers phi;
  for (int j = 0; j < n; ++j) phi.push_back(std::exp(-series(c, double(j) / n) / (2 * nu)));
  auto p = coefficients(phi);
  for (int k = 0; k < n / 2; ++k)
    p[static_cast<std::size_t>(k)] *= std::exp(-nu * wave(k) * wave(k) * time);
  auto dp = p;
  for (int k = 0; k < n / 2; ++k)
    dp[static_cast<std::size_t>(k)] *= std::complex<double>(0, wave(k));
  Numbers u;
  for (int j = 0; j < n; ++j)
    u.push_back(-2 * nu * series(dp, double(j) / n) / series(p, double(j) / n));
  return u;
}

TEST(BurgersGenerator, AgreesWithColeAndHopf) {
  for (const std::int64_t sample : {0, 1, 2}) {
    const auto smooth =
        arrays_of("type = \"burgers\"\npoints = 512\nmodes = 40\nsteps = 800", sample);
    EXPECT_LT(relative_error(smooth[1], cole_hopf(smooth[0], 0.1, 1)), 1e-7);
    const auto sharp = arrays_of(
        "type = \"burgers\"\nviscosity = 0.01\ngamma = 4\nsigma = 625\npoints = 512\nmodes = 100\n"
        "resolution = 1024\nsteps = 2000",
        sample);
    EXPECT_LT(relative_error(sharp[1], cole_hopf(sharp[0], 0.01, 1)), 1e-7);
  }
}

TEST(BurgersGenerator, ConvergesWithOrderFourInTime) {
  const std::string text =
      "type = \"burgers\"\nviscosity = 0.02\npoints = 128\nmodes = 2\nresolution = 256\nsteps = ";
  const auto exact = arrays_of(text + "6400")[1];
  const double coarse = relative_error(arrays_of(text + "400")[1], exact);
  const double fine = relative_error(arrays_of(text + "800")[1], exact);
  EXPECT_NEAR(std::log2(coarse / fine), 4, 0.3) << coarse << ' ' << fine;
}

TEST(BurgersGenerator, IsTheSameFunctionOnEveryGrid) {
  const std::string text = "type = \"burgers\"\npoints = ";
  const auto fine = arrays_of(text + "1024"), coarse = arrays_of(text + "256");
  const auto odd = arrays_of(text + "257\nclosed = true");
  for (const std::size_t v : {0, 1}) {
    EXPECT_LT(relative_error(every(fine[v], 4), coarse[v]), 1e-13);
    EXPECT_EQ(odd[v].front(), odd[v].back());
    EXPECT_EQ(Numbers(odd[v].begin(), odd[v].end() - 1), coarse[v]);
  }
}

TEST(BurgersGenerator, StoresTimesFromTheStartToTheEnd) {
  const auto all = arrays_of("type = \"burgers\"\npoints = 64\ntimes = 5"),
             last = arrays_of("type = \"burgers\"\npoints = 64");
  EXPECT_EQ(Numbers(all[1].begin(), all[1].begin() + 64), all[0]);
  EXPECT_EQ(Numbers(all[1].end() - 64, all[1].end()), last[1]);
  const auto half = arrays_of("type = \"burgers\"\npoints = 64\ntime = 0.5\nsteps = 200");
  EXPECT_LT(relative_error(Numbers(all[1].begin() + 128, all[1].begin() + 192), half[1]), 1e-14);
}

TEST(BurgersGenerator, SaysWhenTheSolverIsTooCoarse) {
  const auto text = "type = \"burgers\"\nviscosity = 1e-3\nresolution = 64";
  EXPECT_EQ(testing::error_of([&] { arrays_of(text); }),
            std::pair(65, std::string("u(x, T) is not resolved: raise resolution and steps")));
}

}  // namespace
}  // namespace banach
