// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace banach {

/// The nonlinear functions of one argument.
enum class Function {
  sin,
  cos,
  exp,
  log,
  sqrt,
  tanh,
  sigmoid,
  softplus,
  gelu,
  silu,
  relu,
  reciprocal,
  power
};

}  // namespace banach
