// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>

#include "banach/export.hpp"

namespace banach {

/// body(begin, end) on parts of [0, count) that have at least `grain`, one for each thread of
/// LibTorch; its at::get_thread_num() tells which one. The first exception of a part is thrown.
BANACH_API void parallel_for(std::int64_t count, std::int64_t grain,
                             const std::function<void(std::int64_t, std::int64_t)>& body);

/// body(i) for every i < count, on the threads of LibTorch, each of which takes the next number
/// that is left; at::get_thread_num() tells which one. The first exception is thrown.
BANACH_API void parallel_each(std::int64_t count, const std::function<void(std::int64_t)>& body);

}  // namespace banach
