// SPDX-License-Identifier: Apache-2.0
#include "banach/tensor_architecture.hpp"

namespace banach {

GridArchitecture::~GridArchitecture() = default;

Expression GridArchitecture::forward(const Inputs&) const {
  throw ConfigError(
      "the architecture maps functions on grids and cannot be called at single points: give it a "
      "[dataset] whose outputs lie on a grid");
}

}  // namespace banach
