// SPDX-License-Identifier: Apache-2.0
// A small operator, trained through the command line.
#pragma once
#include "tests/apps/command.hpp"

namespace banach::testing {

/// A DeepONet on a data set that it generates; the names of output and axis as TOML has them.
inline std::string operator_configuration(const std::string& output = "s",
                                          const std::string& axis = "\"x\"") {
  const std::string axes = "axes = [\"sample\", " + axis + "] }\n";
  return "[dataset]\nfiles = \"integral.h5\"\ninputs.u = { path = \"u\", " + axes + "outputs." +
         output + " = { path = \"s\", " + axes + "coords." + axis + R"( = "x"
split = { train = "0:15", validation = "15:17", test = "17:20" }
[dataset.generate]
type = "antiderivative"
samples = 20
points = 12
[architecture]
type = "deeponet"
latent = 4
width = 4
depth = 1
[validation]
every = 5
[[stage]]
optimizer = "adam"
lr = 1e-2
steps = 10
batch = 5
)";
}

/// The same after a few steps.
inline std::filesystem::path trained_operator(const Scratch& scratch) {
  std::ofstream(scratch / "integral.toml") << operator_configuration();
  const auto run = scratch / "run";
  const auto output = banach("train " + quoted((scratch / "integral.toml").string()) +
                             " --quiet --threads 1 --out " + quoted(run.string()));
  if (output.code != 0) throw std::runtime_error("training failed: " + output.err);
  return run;
}

}  // namespace banach::testing
