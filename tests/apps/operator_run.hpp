// SPDX-License-Identifier: Apache-2.0
// A small operator, trained through the command line.
#pragma once
#include "tests/apps/command.hpp"

namespace banach::testing {

/// A DeepONet after a few steps on a data set that it generates.
inline std::filesystem::path trained_operator(const Scratch& scratch) {
  std::ofstream(scratch / "integral.toml") << R"([dataset]
files = "integral.h5"
inputs.u = { path = "u", axes = "sample x" }
outputs.s = { path = "s", axes = "sample x" }
coords.x = "x"
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
  const auto run = scratch / "run";
  const auto output = banach("train " + quoted((scratch / "integral.toml").string()) +
                             " --quiet --threads 1 --out " + quoted(run.string()));
  if (output.code != 0) throw std::runtime_error("training failed: " + output.err);
  return run;
}

}  // namespace banach::testing
