// SPDX-License-Identifier: Apache-2.0
// The smallest things that a plugin can enrol.
#pragma once
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

namespace {

struct ToyParameters {
  double rate = 1.0;
};
void describe(banach::Schema<ToyParameters>& s) {
  s.field("rate", &ToyParameters::rate, "k in y' = -k y").positive();
}

class Toy final : public banach::Problem {
 public:
  using Parameters = ToyParameters;
  explicit Toy(const ToyParameters& p) : rate_(p.rate) {}
  banach::Domain domain() const override { return {{"t", 0, 1}}; }
  banach::Unknowns unknowns() const override { return {"y"}; }
  banach::Terms terms() const override {
    return {banach::interior("ode",
                             [k = rate_](const banach::Field& y) { return y.d("t") + k * y(); })};
  }

 private:
  double rate_;
};

}  // namespace
