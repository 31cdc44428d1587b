// SPDX-License-Identifier: Apache-2.0
// Volterra equations of the second kind, y(x) = f(x) + integral from 0 to x of K(x, t) y(t) dt, of
// convolution and product type with elementary solutions.
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct Case {
  Expression (*kernel)(E x, E t);
  Expression (*source)(E x);
  Expression (*solution)(E x);
};
Expression one(E) { return 1.0; }
const std::map<std::string, Case> cases{
    {"exponential", {[](E, E t) { return one(t); }, one, [](E x) { return exp(x); }}},
    {"sine", {[](E x, E t) { return t - x; }, [](E x) { return x; }, sin}},
    {"cosine", {[](E x, E t) { return t - x; }, one, cos}},
    {"hyperbolic",
     {[](E x, E t) { return x - t; }, one, [](E x) { return (exp(x) + exp(-x)) / 2; }}},
    {"product",
     {[](E x, E t) { return x * t; }, [](E x) { return x; },
      [](E x) { return x * exp(pow(x, 3) / 3); }}}};

struct VolterraParameters {
  std::string equation = "sine";
  double horizon = 2;
  std::int64_t nodes = 12;
};
void describe(Schema<VolterraParameters>& s) {
  std::vector<std::string> names;
  names.reserve(std::size(cases));
  for (const auto& [name, one] : cases) names.push_back(name);
  s.field("equation", &VolterraParameters::equation, "which, see volterra.md").one_of(names);
  s.field("horizon", &VolterraParameters::horizon, "x in [0, horizon]").positive();
  s.field("nodes", &VolterraParameters::nodes, "Gauss nodes of the integral")
      .at_least(1)
      .at_most(1000);
}

class Volterra final : public Problem {
 public:
  using Parameters = VolterraParameters;
  explicit Volterra(const VolterraParameters& p) : p_(p), case_(cases.at(p.equation)) {}

  Domain domain() const override { return {{"x", 0, p_.horizon}}; }
  Unknowns unknowns() const override { return {"y"}; }

  Terms terms() const override {
    const auto residual = [c = case_, n = int(p_.nodes)](const Field& y) {
      return y() - c.source(y.at("x")) -
             y.integral_to("x", 0, n, [c](const Field& here, const Field& there) {
               return c.kernel(here.at("x"), there.at("x")) * there();
             });
    };
    return {interior("equation", residual)};
  }

  std::optional<Exact> exact() const override {
    return [c = case_](const Point& p) { return c.solution(p["x"]); };
  }

 private:
  VolterraParameters p_;
  Case case_;
};
}  // namespace

BANACH_PLUGIN("volterra", "1.0.0", registry) {
  registry.problem<Volterra>("volterra", "Volterra equation of the second kind");
}
