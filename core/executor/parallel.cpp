// SPDX-License-Identifier: Apache-2.0
// The one file that is compiled with OpenMP: LibTorch's own loop is a template, which is serial in
// files that are not.
#include "core/executor/parallel.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <exception>

namespace banach {

void parallel_for(std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& body) {
  const auto parts = std::min<std::int64_t>(at::get_num_threads(),
                                            (count + grain - 1) / std::max<std::int64_t>(1, grain));
  if (parts <= 1 || at::in_parallel_region()) return body(0, count);
  std::exception_ptr failure;
#pragma omp parallel for schedule(static, 1) num_threads(static_cast <int>(parts))
  for (std::int64_t part = 0; part < parts; ++part) {
    const at::internal::ThreadIdGuard number(static_cast<int>(part));
    try {
      body(count * part / parts, count * (part + 1) / parts);
    } catch (...) {
#pragma omp critical
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

void parallel_each(std::int64_t count, const std::function<void(std::int64_t)>& body) {
  std::atomic<std::int64_t> next{0};
  const auto threads = std::min<std::int64_t>(at::get_num_threads(), count);
  const auto take = [&] {
    for (std::int64_t i = next++; i < count; i = next++) body(i);
  };
  parallel_for(threads, 1, [&take](std::int64_t, std::int64_t) { take(); });
}

}  // namespace banach
