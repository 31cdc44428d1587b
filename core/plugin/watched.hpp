// SPDX-License-Identifier: Apache-2.0
// A plugin's entries with a watch on everything that they create.
#pragma once
#include <atomic>
#include <memory>

#include "banach/registry.hpp"

namespace banach {

/// The same entries, which set `used` when one of them creates something. What is being created is
/// Running meanwhile, and the floating-point control of the thread is as before.
Registry watched(const Registry& entries, const std::shared_ptr<std::atomic<bool>>& used);

}  // namespace banach
