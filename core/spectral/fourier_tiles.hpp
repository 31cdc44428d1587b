// SPDX-License-Identifier: Apache-2.0
// How a FourierNetwork walks over samples and points.
#pragma once
#include <algorithm>

#include "core/spectral/fourier_network.hpp"

namespace banach {

constexpr std::int64_t longest_run = 32;  // hidden values of a perceptron stay in the first cache

template <class T>
template <class F>
void FourierNetwork<T>::for_runs(const Tile& tile, const F& body) const {
  const auto piece = [&](std::int64_t offset, std::int64_t point, std::int64_t count) {
    for (std::int64_t done = 0; done < count; done += longest_run)
      body(offset + done, point + done, std::min(longest_run, count - done));
  };
  if (shape_.points == shape_.padded) return piece(0, tile.place, tile.points);
  for (std::int64_t i = 0; i < tile.lines; ++i) {
    const std::int64_t line = plain_lines_[static_cast<std::size_t>(tile.line + i)];
    if (line >= 0) piece(i * transform_->line(), line * shape_.points.back(), shape_.points.back());
  }
}

/// body(sample, part, bench): parts are shared among the workers, their samples come in order.
template <class T>
template <class F>
void FourierNetwork<T>::for_samples(std::int64_t samples, const std::vector<Bench>& benches,
                                    const Workers& workers, const F& body) const {
  const std::int64_t count = parts(samples);
  workers.share(count, [&](std::int64_t begin, std::int64_t end, std::int64_t worker) {
    const Bench& b = benches[static_cast<std::size_t>(worker)];
    for (std::int64_t part = begin; part < end; ++part)
      for (std::int64_t s = samples * part / count; s < samples * (part + 1) / count; ++s)
        body(s, part, b);
  });
}

}  // namespace banach
