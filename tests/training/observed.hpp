// SPDX-License-Identifier: Apache-2.0
// Configurations with one table of observations, and files for them.
#pragma once
#include <fstream>

#include "tests/training/toy_run.hpp"

namespace banach {

struct Files {
  Scratch folder;
  std::string csv(const std::string& text) const { return write("sensors.csv", text); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }
};

inline std::string observed(const std::string& problem, const std::string& table,
                            const std::string& more = "") {
  return "dtype = \"float64\"\n[problem]\ntype = \"" + problem + "\"\n" + more +
         "[architecture]\ntype = \"toy_net\"\n[observations.sensors]\n" + table +
         "\n[[stage]]\nsteps = 3\n";
}
inline std::string file(const std::string& path, const std::string& more = "") {
  return "file = \"" + path + "\"\n" + more;
}

inline const RecordedTerm& sensors(const RunPlan& plan) { return plan.experiment.terms.back(); }

template <class E>
void expect_refused(const std::string& text, const std::string& words) {
  const auto said = thrown<E>([&] { ToyRun::world().plan(text); });
  EXPECT_NE(said.find(words), std::string::npos) << said << "\n" << text;
}

}  // namespace banach
