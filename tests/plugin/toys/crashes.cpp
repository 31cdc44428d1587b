// SPDX-License-Identifier: Apache-2.0
// Goes wrong in one place, one way each; says in a file that it was loaded.
#include <banach/plugin.hpp>
#include <banach/problem.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace {
using namespace banach;

struct CrashesParameters {
  std::string where = "nowhere", how = "memory", names = "good";
};
void describe(Schema<CrashesParameters>& s) {
  s.field("where", &CrashesParameters::where, "which call goes wrong")
      .one_of({"nowhere", "create", "terms", "residual", "exact"});
  s.field("how", &CrashesParameters::how, "what it does")
      .one_of({"memory", "abort", "stack", "library"});
  s.field("names", &CrashesParameters::names, "which names are wrong")
      .one_of({"good", "unknowns", "axes", "empty", "control", "range", "number", "none"});
}

volatile int* nowhere = nullptr;

// NOLINTNEXTLINE(misc-no-recursion): until there is no stack left
int deeper(volatile char* above) {
  volatile char room[4096];
  room[0] = *above;
  return deeper(room) + room[0];
}

void crash(const std::string& how) {
  char start = 0;
  if (how == "memory") *nowhere = 1;
  if (how == "abort") std::abort();
  if (how == "stack") deeper(&start);
  if (how == "library") std::puts(reinterpret_cast<const char*>(const_cast<int*>(nowhere)));
}

class Crashes final : public Problem {
 public:
  using Parameters = CrashesParameters;
  explicit Crashes(const CrashesParameters& p) : p_(p) { at("create"); }
  Domain domain() const override {
    if (p_.names == "axes") return {{"t", 0, 1}, {"t", 0, 1}};
    if (p_.names == "range") return {{"t", 1, 1}};
    if (p_.names == "number") return {{"t", 0, std::nan("")}};
    return {{"t", 0, 1}};
  }
  Unknowns unknowns() const override {
    if (p_.names == "unknowns") return {"y", "y"};
    if (p_.names == "empty") return {""};
    if (p_.names == "control") return {"y\n"};
    return {"y"};
  }
  Terms terms() const override {
    at("terms");
    if (p_.names == "none") return {};
    return {interior("ode",
                     [*this](const Field& y) {
                       at("residual");
                       return y.d("t") + y();
                     }),
            initial("start", "t", 1.0)};
  }
  std::optional<Exact> exact() const override {
    at("exact");
    return [](const Point& p) { return exp(-p["t"]); };
  }

 private:
  void at(const std::string& where) const {
    if (where == p_.where) crash(p_.how);
  }
  CrashesParameters p_;
};

// BANACH_TEST_TRACE: a file that says that code of this plugin was run.
const bool traced = [] {
  if (const char* trace = std::getenv("BANACH_TEST_TRACE")) std::ofstream(trace) << "ran";
  return true;
}();
}  // namespace

BANACH_PLUGIN("crashes", "1.0.0", registry) {
  registry.problem<Crashes>("crashes", "goes wrong where it is told to");
}
