// SPDX-License-Identifier: Apache-2.0
// How the weights of a layer start.
#pragma once
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// A rule for the initial values of one tensor of a layer with fan_in inputs and fan_out outputs.
struct BANACH_API Init {
  enum class Kind {
    zeros,            // 0
    ones,             // 1
    constant,         // value
    uniform,          // value + U(-gain, gain)
    normal,           // value + gain N(0, 1)
    xavier_uniform,   // gain U(+-sqrt(6 / (fan_in + fan_out)))
    xavier_normal,    // gain N(0, 2 / (fan_in + fan_out))
    kaiming_uniform,  // gain U(+-sqrt(6 / fan_in)): the factor 2 for ReLU is in it, gain 1 is He's
    kaiming_normal,   // gain N(0, 2 / fan_in)
    lecun_normal,     // gain N(0, 1 / fan_in)
    orthogonal,       // gain Q, rows (or columns, the shorter side) orthonormal, Haar distributed
    torch_default     // gain U(+-1 / sqrt(fan_in)): PyTorch's default for weights and biases
  };
  Kind kind = Kind::zeros;
  double gain = 1;
  double value = 0;

  /// The rule of that name ("xavier_uniform"), gain 1, value 0; ConfigError with the nearest name.
  static Init named(const std::string& name);
  /// All names, in the order of Kind; for `one_of` rules.
  static const std::vector<std::string>& names();
};

}  // namespace banach
