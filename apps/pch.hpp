// SPDX-License-Identifier: Apache-2.0
// What every file of the command line reads: CLI11 above all. Tensors only by their light header.
#pragma once
#include <ATen/core/Tensor.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>
