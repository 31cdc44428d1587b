// SPDX-License-Identifier: Apache-2.0
// The picture of a run: what it learned by, and what it found.
#pragma once
#include <filesystem>
#include <string>

#include "apps/panels.hpp"
#include "banach/model.hpp"

namespace banach {

/// Draws loss, terms and errors from metrics.csv and the solution beside the exact one, `width`
/// pixels wide. Returns what the picture leaves out ("a slice at z = 0.5"), or nothing.
std::string draw_run(const std::filesystem::path& run, const Model& model,
                     const std::filesystem::path& picture, int width = usual_width);

}  // namespace banach
