// SPDX-License-Identifier: Apache-2.0
// A function to be learned from data alone: no equations. The data are the configuration's
// observations; a target by name makes synthetic ones and gives errors.
#include <banach/plugin.hpp>
#include <banach/problem.hpp>
#include <set>

namespace {
using namespace banach;

struct RegressionParameters {
  std::map<std::string, std::vector<double>> inputs{{"x", {-1, 1}}};
  std::vector<std::string> outputs{"y"};
  std::string target = "none";
};
void describe(Schema<RegressionParameters>& s) {
  using P = RegressionParameters;
  s.field("inputs", &P::inputs, "name = [lower, upper] of every input, ordered by name");
  s.field("outputs", &P::outputs, "names of what is learned");
  s.field("target", &P::target,
          "of all outputs: sin(3 x), 1 / (1 + 25 x^2), |x|, product over inputs")
      .one_of({"none", "sine", "runge", "modulus"});
}

class Regression final : public Problem {
 public:
  using Parameters = RegressionParameters;
  explicit Regression(const RegressionParameters& p) : p_(p) {
    if (p.inputs.empty() || p.outputs.empty())
      throw ConfigError("problem: regression needs an input and an output at least");
    if (std::set<std::string>(p.outputs.begin(), p.outputs.end()).size() < p.outputs.size())
      throw ConfigError("problem.outputs: two have the same name");
    for (const auto& [name, range] : p.inputs)
      if (range.size() != 2 || !(range[0] < range[1]))
        throw ConfigError("problem.inputs." + name +
                          ": must be a range [lower, upper] with lower < upper");
  }

  Domain domain() const override {
    Domain out;
    for (const auto& [name, range] : p_.inputs) out.push_back({name, range[0], range[1]});
    return out;
  }
  Unknowns unknowns() const override { return p_.outputs; }
  Terms terms() const override { return {}; }

  std::optional<Exact> exact() const override {
    if (p_.target == "none") return std::nullopt;
    return [p = p_](const Point& q) {
      Expression out = 1.0;
      for (const auto& [name, x] : q.coordinates())
        out = out * (p.target == "sine"    ? sin(3 * x)
                     : p.target == "runge" ? 1 / (1 + 25 * x * x)
                                           : abs(x));
      return concat(std::vector<Expression>(p.outputs.size(), out));
    };
  }

 private:
  RegressionParameters p_;
};
}  // namespace

BANACH_PLUGIN("regression", "1.0.0", registry) {
  registry.problem<Regression>("regression", "a function from data alone");
}
