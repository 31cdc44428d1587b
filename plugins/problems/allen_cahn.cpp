// SPDX-License-Identifier: Apache-2.0
// Allen and Cahn's equation u_t = d u_xx + r (u - u^3) on a circle, u(x, 0) = x^2 cos(pi x): layers
// sharpen between the states 1 and -1 (benchmark of Raissi, Perdikaris, Karniadakis 2019).
#include <algorithm>
#include <banach/classical.hpp>
#include <banach/etdrk4.hpp>
#include <banach/plugin.hpp>
#include <map>

namespace {
using namespace banach;

struct AllenCahnParameters {
  Coefficient diffusion = 1e-4;
  Coefficient reaction = 5.0;
};
void describe(Schema<AllenCahnParameters>& s) {
  s.field("diffusion", &AllenCahnParameters::diffusion, "d in u_t = d u_xx + r (u - u^3)")
      .at_least(1e-5);
  s.field("reaction", &AllenCahnParameters::reaction, "r in u_t = d u_xx + r (u - u^3)")
      .positive()
      .at_most(1e5);
}

// Sums of cosines on [0, 1] and their values at the n + 1 points k / n, n a power of two.
class Cosines {
 public:
  explicit Cosines(std::size_t n) : size_(2 * n), turns_(n), work_(2 * n), order_(2 * n) {
    for (std::size_t k = 0; k < n; ++k)
      turns_[k] = std::polar(1.0, -pi * static_cast<double>(k) / static_cast<double>(n));
    for (std::size_t i = 1; i < size_; ++i) order_[i] = order_[i / 2] / 2 + (i % 2 ? size_ / 2 : 0);
  }
  std::vector<double> values(const std::vector<double>& a) {
    auto half = a;
    for (std::size_t k = 1; k + 1 < half.size(); ++k) half[k] /= 2;
    return transform(half);
  }
  std::vector<double> coefficients(const std::vector<double>& values) {
    auto out = transform(values);
    for (std::size_t k = 0; k < out.size(); ++k)
      out[k] *= (k == 0 || k + 1 == out.size() ? 1.0 : 2.0) / static_cast<double>(size_);
    return out;
  }

 private:
  // Fourier transform (Cooley and Tukey) of the even continuation, which is even and real.
  std::vector<double> transform(const std::vector<double>& even) {
    for (std::size_t i = 0; i < size_; ++i) work_[order_[i]] = even[std::min(i, size_ - i)];
    for (std::size_t length = 2; length <= size_; length *= 2)
      for (std::size_t first = 0; first < size_; first += length)
        for (std::size_t k = 0; k < length / 2; ++k) {
          std::complex<double>&a = work_[first + k], &b = work_[first + k + length / 2];
          const std::complex<double>& w = turns_[k * (size_ / length)];
          const std::complex<double> turned{b.real() * w.real() - b.imag() * w.imag(),
                                            b.real() * w.imag() + b.imag() * w.real()};
          b = a - turned, a += turned;
        }
    std::vector<double> out(size_ / 2 + 1);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = work_[k].real();
    return out;
  }

  std::size_t size_;
  std::vector<std::complex<double>> turns_, work_;
  std::vector<std::size_t> order_;
};

// The solution is even and has the period 2: a sum of cosines of pi k x.
class Evolution {
 public:
  Evolution(double diffusion, double reaction) : reaction_(reaction), cosines_(modes) {
    for (std::size_t k = 0; k <= modes; ++k) {
      const double x = static_cast<double>(k) / modes, wave = pi * static_cast<double>(k);
      now_.push_back(x * x * std::cos(pi * x));
      linear_.push_back(reaction - diffusion * wave * wave);
    }
    now_ = cosines_.coefficients(now_);
    const double faster = std::max(1.0, reaction / 5);
    steps_ = static_cast<int>(std::ceil(200 * faster));
  }

  // Coefficients at times that do not descend.
  const std::vector<double>& at(double time) {
    const double step = 1.0 / steps_;
    if (!whole_) whole_.emplace(linear_, step);
    while (done_ < steps_ && (done_ + 1) * step <= time * (1 + 1e-12)) {
      advance(now_, *whole_);
      ++done_;
    }
    then_ = now_;
    if (const double rest = time - done_ * step; rest > 1e-12 * time)
      advance(then_, Etdrk4<double>(linear_, rest));
    return then_;
  }

 private:
  void advance(std::vector<double>& u, const Etdrk4<double>& step) {
    Etdrk4<double>::Work work(u.size());
    step.step(u, work, [&](const std::vector<double>& in, std::vector<double>& out) {
      out = cosines_.values(in);
      for (double& v : out) v *= -reaction_ * v * v;
      out = cosines_.coefficients(out);
    });
  }

  static constexpr std::size_t modes = 4096;
  double reaction_;
  Cosines cosines_;
  std::vector<double> linear_, now_, then_;
  std::optional<Etdrk4<double>> whole_;
  int steps_ = 0, done_ = 0;
};

// sum a[k] cos(k angle), by Clenshaw's recurrence.
double cosine_sum(const std::vector<double>& a, double angle) {
  const double twice = 2 * std::cos(angle);
  double one = 0, two = 0;
  for (std::size_t k = a.size() - 1; k > 0; --k) {
    const double next = a[k] + twice * one - two;
    two = one, one = next;
  }
  return a[0] + twice / 2 * one - two;
}

class AllenCahn final : public Problem {
 public:
  using Parameters = AllenCahnParameters;
  explicit AllenCahn(const AllenCahnParameters& p) : given_{p.diffusion, p.reaction} {}

  Domain domain() const override { return {{"x", -1, 1}, {"t", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }

  Terms terms() const override {
    const auto residual = [d = given_[0], r = given_[1]](const Field& u) {
      const Expression v = u;
      return u.d("t") - d * u.d("xx") - r * (v - v * v * v);
    };
    const auto start = [](const Point& p) { return p["x"] * p["x"] * cos(pi * p["x"]); };
    return {interior("pde", residual), initial("initial", "t", start),
            periodic("periodic", "x", 2)};
  }

  std::optional<Reference> reference() const override {
    return [given = given_](const std::vector<double>& points) {
      const std::size_t axes = 2 + static_cast<std::size_t>(count_inputs(given));
      // Points by their coefficients and times, so that every state is computed once.
      std::map<std::vector<double>, std::map<double, std::vector<std::size_t>>> groups;
      for (std::size_t i = 0; i * axes < points.size(); ++i)
        groups[numbers(given, &points[i * axes + 2])][points[i * axes + 1]].push_back(i);
      std::vector<double> out(points.size() / axes);
      for (const auto& [values, times] : groups) {
        Evolution solution(values[0], values[1]);
        for (const auto& [time, rows] : times) {
          const auto& state = solution.at(time);
          for (const auto i : rows) out[i] = cosine_sum(state, pi * points[i * axes]);
        }
      }
      return out;
    };
  }

 private:
  std::vector<Coefficient> given_;
};
}  // namespace

BANACH_PLUGIN("allen_cahn", "1.0.0", registry) {
  registry.problem<AllenCahn>("allen_cahn", "Allen and Cahn's equation, layers that sharpen");
}
