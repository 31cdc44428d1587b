// SPDX-License-Identifier: Apache-2.0
// Two parameters of one name.
#include "../toy.hpp"

namespace {
struct TwiceParameters {
  double a = 1, b = 2;
};
void describe(banach::Schema<TwiceParameters>& s) {
  s.field("rate", &TwiceParameters::a, "one");
  s.field("rate", &TwiceParameters::b, "another");
}
class Twice final : public banach::Problem {
 public:
  using Parameters = TwiceParameters;
  explicit Twice(const TwiceParameters& p) : p_(p) {}
  banach::Domain domain() const override { return {{"t", 0, p_.a}}; }
  banach::Unknowns unknowns() const override { return {"y"}; }
  banach::Terms terms() const override { return {}; }

 private:
  TwiceParameters p_;
};
}  // namespace

BANACH_PLUGIN("two_parameters", "1.0.0", registry) { registry.problem<Twice>("twice", "one name"); }
