// SPDX-License-Identifier: Apache-2.0
// The one precompiled header: every file that sees LibTorch reuses it. Never <torch/torch.h>.
#pragma once
#include <torch/types.h>

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
