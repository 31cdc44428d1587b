// SPDX-License-Identifier: Apache-2.0
// Losses that no optimizer gets far with, one kind each.
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {
using namespace banach;

struct HaltsParameters {
  std::string kind = "residual";
  Coefficient k = 1.0;
};
void describe(Schema<HaltsParameters>& s) {
  s.field("kind", &HaltsParameters::kind, "what is wrong")
      .one_of({"residual", "gradient", "flat", "jump"});
  s.field("k", &HaltsParameters::k, "where the jump is");
}

// residual: not a number below x = 0.5; gradient: a root at zero, where its slope is infinite;
// flat: nothing depends on the network; jump: the loss is k^2 down to k = 1, and 100 below.
class Halts final : public Problem {
 public:
  using Parameters = HaltsParameters;
  explicit Halts(const HaltsParameters& p) : p_(p) {}
  Domain domain() const override { return {{"x", 0, 1}}; }
  Unknowns unknowns() const override { return {"u"}; }
  Terms terms() const override {
    if (p_.kind == "residual")
      return {interior("bad", [](const Field& u) { return u() + log(u.at("x") - 0.5); })};
    if (p_.kind == "gradient")
      return {interior("good", [](const Field& u) { return u() - 1.0; }),
              face("bad", "x", Side::lower, [](const Field& u) { return sqrt(u.at("x") * u()); })};
    if (p_.kind == "flat") return {interior("bad", [](const Field& u) { return u.at("x") + 1.0; })};
    return {interior("bad", [k = p_.k](const Field&) { return where(1.0 - k, 10.0, k); })};
  }

 private:
  HaltsParameters p_;
};
}  // namespace

BANACH_PLUGIN("halts", "1.0.0", registry) {
  registry.problem<Halts>("halts", "losses that no optimizer gets far with");
}
