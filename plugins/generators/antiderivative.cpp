// SPDX-License-Identifier: Apache-2.0
// antiderivative: s' = u, s(0) = 0 on [0, 1], for a random u; exact.
#include <banach/generator.hpp>
#include <banach/plugin.hpp>
#include <banach/random_field.hpp>

namespace {
using namespace banach;

struct AntiderivativeParameters {
  double length = 0.2, sigma = 1;
  std::int64_t points = 100;
};
void describe(Schema<AntiderivativeParameters>& s) {
  using P = AntiderivativeParameters;
  s.field("points", &P::points, "numbers stored of u and s, at the same x")
      .at_least(2)
      .at_most(1 << 20);
  s.field("length", &P::length,
          "u is Gaussian with covariance sigma^2 exp(-(x-y)^2 / (2 length^2))")
      .at_least(0.02);
  s.field("sigma", &P::sigma, "its size").positive();
}

class Antiderivative final : public Generator {
 public:
  using Parameters = AntiderivativeParameters;
  explicit Antiderivative(const AntiderivativeParameters& p) : p_(p), process_(p.length) {}

  std::vector<GeneratedAxis> axes() const override {
    GeneratedAxis x{"x", {}, false};
    for (std::int64_t i = 0; i < p_.points; ++i) x.values.push_back(node(i));
    return {x};
  }
  std::vector<GeneratedVariable> variables() const override {
    return {{"u", {"x"}, true, "u(x)"}, {"s", {"x"}, false, "integral of u from 0 to x"}};
  }
  void sample(const Stream& stream, const std::vector<double*>& out) const override {
    const auto xi = process_.draw(stream);
    for (std::int64_t i = 0; i < p_.points; ++i) {
      out[0][i] = p_.sigma * process_.value(xi, node(i));
      out[1][i] = p_.sigma * process_.integral(xi, node(i));
    }
  }

 private:
  double node(std::int64_t i) const { return double(i) / double(p_.points - 1); }
  AntiderivativeParameters p_;
  GaussianProcess process_;
};
}  // namespace

BANACH_PLUGIN("antiderivative", "0.1.0", registry) {
  registry.generator<Antiderivative>("antiderivative", "s' = u: a random u to its integral");
}
