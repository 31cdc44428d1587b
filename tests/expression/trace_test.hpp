// SPDX-License-Identifier: Apache-2.0
// A trace of two coordinates that is being recorded, and the text of what a call throws.
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "core/expression/field.hpp"
#include "core/expression/plan.hpp"

namespace banach {

template <class F>
std::string error_of(const F& f) {
  try {
    f();
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "no error";
}

class TraceTest : public ::testing::Test {
 protected:
  Trace trace_{{"x", "t"}};
  Trace::Scope scope_{trace_};
  Field field() { return make_field({{"x", 0, 1}, {"t", 0, 1}}, {"u"}); }
  Field make_field(const Domain& domain, const Unknowns& unknowns,
                   const std::vector<InputFunction>& functions = {}) {
    const int outputs = static_cast<int>(unknowns.size());
    return banach::make_field(trace_, domain, unknowns, functions, [=](const Point& p) {
      return call_network(0, outputs, p, functions);
    });
  }
  const Node& node(E e) const { return trace_.node(e.node()); }
  static Polynomial xi(int v, int power = 1) { return Polynomial::variable(v, power); }
};

}  // namespace banach
