// SPDX-License-Identifier: Apache-2.0
// advection: u_t + a u_x = 0, exactly: waves that travel around [0, 1), or a random speed a(x).
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/problem.hpp>
#include <banach/random_field.hpp>

#include <algorithm>

namespace {
using namespace banach;
constexpr double pi = 3.14159265358979323846;

struct AdvectionParameters {
  std::string initial = "square";
  double speed = 1, time = 1, length = 0.2;
  std::int64_t points = 40, times = 40;
};
void describe(Schema<AdvectionParameters>& s) {
  using P = AdvectionParameters;
  s.field("initial", &P::initial,
          "square: height in [1, 2], width in [0.3, 0.6], centre in [0.3, 0.7]; square_and_arc: a "
          "square and half an ellipse; sines: two of wave numbers 1 to 8; random_speed: see speed")
      .one_of({"square", "square_and_arc", "sines", "random_speed"});
  s.field("speed", &P::speed,
          "a, periodic in x; with random_speed it is V(x) - min V + speed, V Gaussian with "
          "covariance exp(-(x-y)^2 / (2 length^2)), u(x, 0) = sin(pi x), u(0, t) = sin(pi t / 2)")
      .positive();
  s.field("time", &P::time, "T; t is in [0, T]").positive();
  s.field("points", &P::points, "along x in [0, 1); with random_speed in [0, 1]")
      .at_least(2)
      .at_most(1 << 20);
  s.field("times", &P::times, "along t").at_least(2).at_most(1 << 20);
  s.field("length", &P::length, "of V").at_least(0.02);
}

/// A function of [0, 1) drawn from a family.
class Wave {
 public:
  Wave(const std::string& kind, const Stream& stream) : kind_(kind) {
    const auto draw = [&](std::uint64_t i, double low, double high) {
      return low + (high - low) * stream.uniform(i);
    };
    if (kind == "square") {
      height_ = draw(0, 1, 2), width_ = draw(1, 0.3, 0.6), centre_ = draw(2, 0.3, 0.7);
    } else if (kind == "square_and_arc") {
      height_ = draw(0, 0.5, 2), width_ = draw(1, 0.1, 0.2), centre_ = draw(2, 0.2, 0.3);
      arc_ = draw(3, 0.5, 2), slope_ = draw(4, 5, 10), arc_centre_ = draw(5, 0.7, 0.8);
    } else {
      for (std::uint64_t i = 0; i < 2; ++i)
        sines_.push_back({2 * pi * double(1 + stream.below(8, 6 + i)), draw(8 + i, 0, 1),
                          draw(10 + i, 0, 2 * pi)});
    }
  }
  double operator()(double x) const {
    x -= std::floor(x);
    if (kind_ == "sines") {
      double sum = 0;
      for (const auto& s : sines_) sum += s.size * std::sin(s.wave * x + s.phase);
      return sum;
    }
    const double square = std::abs(x - centre_) <= width_ / 2 ? height_ : 0;
    const double y = slope_ * (x - arc_centre_);
    return square + std::sqrt(std::max(arc_ * arc_ - y * y, 0.0));
  }

 private:
  struct Sine {
    double wave, size, phase;
  };
  std::string kind_;
  double height_ = 0, width_ = 0, centre_ = 0, arc_ = 0, slope_ = 0, arc_centre_ = 0;
  std::vector<Sine> sines_;
};

/// Travel times tau(x) = int_0^x ds / a(s) and the place that is reached after a time.
class Travel {
 public:
  Travel(const GaussianProcess& process, const std::vector<double>& xi, double speed) {
    std::vector<double> v;
    for (int i = 0; i <= cells; ++i) v.push_back(process.value(xi, double(i) / cells));
    shift_ = speed - *std::min_element(v.begin(), v.end());
    static const Quadrature rule = Quadrature::gauss(4, 0, 1.0 / cells);
    tau_.push_back(0);
    for (int i = 0; i <= cells; ++i) {
      a_.push_back(v[static_cast<std::size_t>(i)] + shift_);
      double sum = 0;
      for (std::size_t k = 0; i < cells && k < rule.weights.size(); ++k)
        sum += rule.weights[k] / (process.value(xi, double(i) / cells + rule.nodes[k]) + shift_);
      if (i < cells) tau_.push_back(tau_.back() + sum);
    }
  }
  double speed(double v) const { return v + shift_; }
  double time(double x) const {
    const auto i = static_cast<std::size_t>(std::min(std::floor(x * cells), double(cells - 1)));
    return hermite(x * cells - double(i), 1.0 / cells, tau_[i], tau_[i + 1], 1 / a_[i],
                   1 / a_[i + 1]);
  }
  double place(double time) const {
    const auto after = std::upper_bound(tau_.begin() + 1, tau_.end() - 1, time);
    const auto i = static_cast<std::size_t>(after - tau_.begin()) - 1;
    const double step = tau_[i + 1] - tau_[i], x = double(i) / cells;
    return hermite((time - tau_[i]) / step, step, x, x + 1.0 / cells, a_[i], a_[i + 1]);
  }

 private:
  static constexpr int cells = 1000;
  static double hermite(double s, double h, double y0, double y1, double d0, double d1) {
    const double r = 1 - s;
    return y0 * r * r * (1 + 2 * s) + y1 * s * s * (1 + 2 * r) + h * s * r * (d0 * r - d1 * s);
  }
  double shift_ = 0;
  std::vector<double> a_, tau_;
};

class Advection final : public Generator {
 public:
  using Parameters = AdvectionParameters;
  explicit Advection(const AdvectionParameters& p) : p_(p), process_(p.length) {
    const double last = varies() ? double(p.points - 1) : double(p.points);
    for (std::int64_t i = 0; i < p.points; ++i) x_.push_back(double(i) / last);
    for (std::int64_t i = 0; i < p.times; ++i)
      t_.push_back(p.time * double(i) / double(p.times - 1));
  }

  std::vector<GeneratedAxis> axes() const override {
    return {{"t", t_, false}, {"x", x_, !varies()}};
  }
  std::vector<GeneratedVariable> variables() const override {
    const GeneratedVariable u{"u", {"t", "x"}, false, "u(x, t)"};
    if (varies()) return {{"a", {"x"}, true, "speed"}, u};
    return {{"u0", {"x"}, true, "u(x, 0)"}, u};
  }

  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    if (varies()) return random_speed(stream, out);
    const Wave wave(p_.initial, stream);
    double* u = out[1];
    for (std::size_t i = 0; i < x_.size(); ++i) out[0][i] = wave(x_[i]);
    for (const double t : t_)
      for (const double x : x_) *u++ = wave(x - p_.speed * t);
  }

 private:
  bool varies() const { return p_.initial == "random_speed"; }

  // Along characteristics u keeps the value with which it started or came in.
  void random_speed(const Stream& stream, const std::vector<double*>& out) const {
    const auto xi = process_.draw(stream);
    const Travel travel(process_, xi, p_.speed);
    for (std::size_t i = 0; i < x_.size(); ++i) {
      out[0][i] = travel.speed(process_.value(xi, x_[i]));
      const double arrival = travel.time(x_[i]);
      for (std::size_t k = 0; k < t_.size(); ++k)
        out[1][k * x_.size() + i] = t_[k] <= arrival ? std::sin(pi * travel.place(arrival - t_[k]))
                                                     : std::sin(pi * (t_[k] - arrival) / 2);
    }
  }

  AdvectionParameters p_;
  GaussianProcess process_;
  std::vector<double> x_, t_;
};
}  // namespace

BANACH_PLUGIN("advection", "0.1.0", registry) {
  registry.generator<Advection>("advection", "transport: u(x, 0), or the speed, to u(x, t)");
}
