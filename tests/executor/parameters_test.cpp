// SPDX-License-Identifier: Apache-2.0
// What the architectures of the catalog say about parameters that make no sense.
#include "tests/executor/catalog.hpp"

namespace banach::testing_only {
namespace {

struct Wrong {
  std::string lines, text;
};

// The lines of all errors; every text names the place.
std::string complaint(const std::string& lines) {
  try {
    Laboratory(on({{"x", -1, 2}, {"t", 0, 3}}), architecture(lines), shipped().entries);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(ArchitectureParameters, MistakesAreNamedWithPlaceAndRemedy) {
  const std::vector<Wrong> all = {
      {"type = \"mlp\"\nwidth = [4, 3]\ndepth = 3",
       "a.toml:1:1: architecture: width lists 2 layers, but depth = 3: leave depth out, or give "
       "one width for all"},
      {"type = \"mlp\"\nwidth = [4, 0]",
       "a.toml:3:13: architecture.width.1 = 0: must be >= 1 (neurons of all hidden layers, or a "
       "list of one number for each)"},
      {"type = \"mlp\"\nwidth = []",
       "a.toml:1:1: architecture: width is an empty list; give one number per layer"},
      {"type = \"mlp\"\nactivation = \"thanh\"",
       "a.toml:3:14: architecture.activation = \"thanh\": must be one of \"tanh\", \"sin\", "
       "\"sigmoid\", \"gelu\", \"silu\", \"softplus\", \"relu\"; did you mean \"tanh\"? (of the "
       "hidden layers)"},
      {"type = \"mlp\"\nadaptive = \"neurons\"",
       "a.toml:3:12: architecture.adaptive = \"neurons\": must be one of \"none\", \"layer\", "
       "\"neuron\"; did you mean \"neuron\"? (learn the slope of the activation: per layer or per "
       "neuron)"},
      {"type = \"mlp\"\nadaptive_scale = 0.5",
       "a.toml:3:18: architecture.adaptive_scale = 0.5: must be >= 1.0 (n in activation(n a z); a "
       "starts at 1/n)"},
      {"type = \"mlp\"\nnormalisation = \"befor\"",
       "a.toml:3:17: architecture.normalisation = \"befor\": must be one of \"none\", \"before\", "
       "\"after\"; did you mean \"before\"? (over the batch, where from the activation)"},
      {"type = \"mlp\"\ndropout = 1.0",
       "a.toml:3:11: architecture.dropout = 1.0: must be < 1 (probability with which a neuron is "
       "left out of a step)"},
      {"type = \"mlp\"\ndropout = -0.1",
       "a.toml:3:11: architecture.dropout = -0.1: must be >= 0.0 (probability with which a neuron "
       "is left out of a step)"},
      {"type = \"dgm\"\nwidth = [4, 3]",
       "a.toml:3:9: architecture.width: expected integer, got list"},
      {"type = \"dgm\"\nlayers = 0",
       "a.toml:3:10: architecture.layers = 0: must be >= 1 (gated layers)"},
      {"type = \"dgm\"\ninitialisation = \"orthogonal\"",
       "a.toml:1:1: architecture: \"layer.0.points\" packs 4 layers in one, which orthogonal "
       "initialisation cannot fill; choose another, such as xavier_uniform"},
      {"type = \"resnet\"\nwidth = [4, 3]\ndepth = 5",
       "a.toml:1:1: architecture: width lists 2 layers, but depth = 5: leave depth out, or give "
       "one width for all"},
      {"type = \"modified_mlp\"\ndepht = 2",
       "a.toml:3:1: architecture has no parameter \"depht\"; did you mean \"depth\"?"},
      {"type = \"fourier_mlp\"\nscales = [1.0, -2.0]",
       "a.toml:3:16: architecture.scales.1 = -2.0: must be > 0 (standard deviations of the "
       "frequencies)"},
      {"type = \"fourier_mlp\"\nscales = []",
       "a.toml:1:1: architecture: scales is an empty list; give at least one number"},
      {"type = \"fourier_mlp\"\nfeatures = 0",
       "a.toml:3:12: architecture.features = 0: must be >= 1 (frequencies of each scale)"},
      {"type = \"periodic\"",
       "a.toml:1:1: architecture: \"axes\" is required (coordinates in which the solution is "
       "periodic)"},
      {"type = \"periodic\"\naxes = \"y\"",
       "a.toml:1:1: architecture: axes: there is no axis \"y\"; the axes are x, t"},
      {"type = \"periodic\"\naxes = []",
       "a.toml:1:1: architecture: axes is an empty list; the axes are x, t"},
      {"type = \"periodic\"\naxes = [\"x\", \"x\"]",
       "a.toml:1:1: architecture: axes: \"x\" is named twice"},
      {"type = \"periodic\"\naxes = \"x\"\nharmonics = 0",
       "a.toml:4:13: architecture.harmonics = 0: must be >= 1 (sin and cos of 1 .. this many "
       "periods)"},
      {"type = \"neural_ode\"\nmethod = \"dopri5\"",
       "a.toml:3:10: architecture.method = \"dopri5\": must be one of \"euler\", \"rk4\" (of "
       "integration)"},
      {"type = \"neural_ode\"\nsteps = 0",
       "a.toml:3:9: architecture.steps = 0: must be >= 1 (equal steps from 0 to 1)"},
      {"type = \"neural_ode_adaptive\"\nrtol = 0",
       "a.toml:3:8: architecture.rtol = 0: must be > 0 (relative tolerance of dopri5)"},
      {"type = \"neural_ode_adaptive\"\nhidden = 0",
       "a.toml:3:10: architecture.hidden = 0: must be >= 1 (neurons of every hidden layer of the "
       "right side)"},
  };
  for (const auto& wrong : all) EXPECT_EQ(complaint(wrong.lines), wrong.text) << wrong.lines;
}

}  // namespace
}  // namespace banach::testing_only
