// SPDX-License-Identifier: Apache-2.0
// The architectures that the build ships, each with several choices of its parameters.
#pragma once
#include "core/parameters/toml.hpp"
#include "core/parameters/write_toml.hpp"
#include "core/plugin/plugin_manager.hpp"
#include "tests/executor/cases.hpp"

namespace banach::testing_only {

struct Shipped {
  Registry entries;
  PluginManager manager{entries};
  Shipped() { manager.discover(); }
};
inline const Shipped& shipped() {
  static const Shipped all;
  return all;
}

inline Table architecture(const std::string& lines) {
  return *parse_toml("[architecture]\n" + lines, "a.toml").find("architecture")->get<Table>();
}

/// Lines of [architecture] beside the type; `smooth`: derivatives of order 4 may be read;
/// `discrete`: the gradient is that of the very values, not of a limit.
struct Choice {
  std::string type, lines;
  bool smooth = true, discrete = true;
  std::string text() const { return "type = \"" + type + "\"\n" + lines; }
};

inline std::vector<Choice> choices() {
  return {
      {"mlp", "width = [5, 3]\nactivation = \"sin\""},
      {"mlp", "width = 4\ndepth = 1\nscale_inputs = false\nactivation = \"gelu\""},
      {"mlp", "width = 4\ndepth = 2\nadaptive = \"layer\"\nadaptive_scale = 5"},
      {"mlp", "width = 4\ndepth = 2\nadaptive = \"neuron\"\nactivation = \"softplus\""},
      {"dgm", "width = 4\nlayers = 2"},
      {"dgm", "width = 3\nlayers = 1\nactivation = \"sigmoid\"\nadaptive = \"neuron\""},
      {"dgm", "width = 4\nlayers = 2\nactivation = \"relu\"\nbias = \"torch_default\"", false},
      {"resnet", "width = 4"},
      {"resnet", "width = [4, 6, 3]\nlayers = 1"},
      {"resnet", "width = 5\ndepth = 2\nlayers = 3\nactivation = \"silu\"\ngain = 0.5"},
      {"modified_mlp", "width = 4"},
      {"modified_mlp", "width = 3\ndepth = 1\nactivation = \"sin\"\nscale_inputs = false"},
      {"fourier_mlp", "width = 5\ndepth = 1\nfeatures = 3\nscales = 0.3"},
      {"fourier_mlp", "width = 4\ndepth = 2\nfeatures = 2\nscales = [0.1, 0.4]"},
      {"random_features", "features = 7\nscales = [0.5, 1]"},
      {"random_features",
       "features = 7\nscales = 1\nactivation = \"gaussian\"\npatches = { x = 2, t = 3 }"},
      {"periodic", "width = 4\ndepth = 2\naxes = \"x\"\nharmonics = 2"},
      {"periodic", "width = 4\ndepth = 1\naxes = [\"t\", \"x\"]\nharmonics = 1"},
      {"neural_ode", "width = 3\nhidden = 4\nsteps = 2"},
      {"neural_ode", "width = 3\nhidden = [4, 3]\nmethod = \"euler\"\nsteps = 3"},
      {"neural_ode_adaptive", "width = 2\nhidden = 3\nrtol = 0.01\natol = 0.01", true, false},
      {"neural_ode_adaptive", "width = 2\nhidden = 3\nmethod = \"rk4\"\nsteps = 2", true, false},
      {"multi_stage", "[architecture.network]\ntype = \"mlp\"\nwidth = 3\nactivation = \"sin\""},
      {"multi_stage", "levels = 3\n[architecture.network]\ntype = \"dgm\"\nwidth = 2\nlayers = 1"},
      {"mlp", "width = 5\ndepth = 2\nnormalisation = \"before\""},
      {"mlp", "width = [4, 5]\nnormalisation = \"after\"\ndropout = 0.2"},
      {"resnet", "width = 4\ndepth = 1\nnormalisation = \"before\"\ndropout = 0.1"},
  };
}

inline std::string name_of_choice(const ::testing::TestParamInfo<Choice>& info) {
  return info.param.type + "_" + std::to_string(info.index);
}
inline std::ostream& operator<<(std::ostream& out, const Choice& c) { return out << c.text(); }

}  // namespace banach::testing_only
