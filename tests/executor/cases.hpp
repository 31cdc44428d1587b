// SPDX-License-Identifier: Apache-2.0
// A named residual on a set-up, for parametrised tests.
#pragma once
#include <ostream>

#include "tests/executor/laboratory.hpp"

namespace banach::testing_only {

struct Case {
  std::string name;
  Scene scene;
  Body body;
  int planes = 0;          // of the network; 0: not stated
  double differences = 0;  // bound for derivatives = finite_difference; 0: not tried
};
inline std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }
inline std::string name_of(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

inline Scene on(Domain domain, Unknowns unknowns = {"u"}, std::string architecture = "perceptron") {
  Scene s;
  s.domain = std::move(domain);
  s.unknowns = std::move(unknowns);
  s.architecture = std::move(architecture);
  return s;
}
inline Domain plane() { return {{"x", -1, 1}, {"y", 0, 1}}; }

}  // namespace banach::testing_only
