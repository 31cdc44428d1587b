// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate_workers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace banach {

GenerateWorkers::GenerateWorkers(const Generator& generator, const GenerateOptions& options,
                                 const std::vector<GeneratedAxis>& axes,
                                 const std::vector<GeneratedVariable>& variables,
                                 std::int64_t first)
    : generator_(generator), options_(options), variables_(variables), next_(first), taken_(first) {
  std::int64_t all = 0;
  for (const auto& variable : variables) {
    std::int64_t numbers = 1;
    for (const auto& name : variable.axes)
      for (const auto& axis : axes)
        if (axis.name == name) numbers *= static_cast<std::int64_t>(axis.values.size());
    numbers_.push_back(numbers);
    all += numbers;
  }
  const auto threads = static_cast<std::int64_t>(
      options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency()));
  constexpr std::int64_t ring_numbers = 1 << 22;  // 32 MB
  window_ = std::clamp<std::int64_t>(ring_numbers / all, 2 * threads, 4096);
  window_ = std::max<std::int64_t>(1, std::min(window_, options.count - first));
  for (const auto numbers : numbers_)
    arrays_.emplace_back(static_cast<std::size_t>(window_ * numbers));
  ready_.resize(static_cast<std::size_t>(window_));
  failed_.resize(static_cast<std::size_t>(window_));
  for (std::int64_t t = 0; t < std::min(threads, window_); ++t)
    threads_.emplace_back([this] { work(); });
}

GenerateWorkers::~GenerateWorkers() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  emptied_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void GenerateWorkers::compute(std::int64_t sample) {
  std::vector<double*> out;
  for (std::size_t v = 0; v < arrays_.size(); ++v)
    out.push_back(arrays_[v].data() + sample % window_ * numbers_[v]);
  generator_.sample(Stream(static_cast<std::uint64_t>(options_.seed), options_.generator,
                           static_cast<std::uint64_t>(sample)),
                    out);
  for (std::size_t v = 0; v < out.size(); ++v)
    for (std::int64_t i = 0; i < numbers_[v]; ++i)
      if (!std::isfinite(out[v][i]))
        throw DataError(fmt::format("{} is not finite at position {} of its {} numbers",
                                    variables_[v].name, i, numbers_[v]));
}

void GenerateWorkers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    emptied_.wait(lock,
                  [&] { return stop_ || next_ == options_.count || next_ < taken_ + window_; });
    if (stop_ || next_ == options_.count) return;
    const std::int64_t sample = next_++;
    lock.unlock();
    std::exception_ptr failed;
    try {
      compute(sample);
    } catch (const Error& error) {
      failed = std::make_exception_ptr(
          DataError(fmt::format("generator \"{}\", seed {}, sample {}: {}", options_.generator,
                                options_.seed, sample, error.what())));
    } catch (...) {
      failed = std::current_exception();
    }
    lock.lock();
    failed_[static_cast<std::size_t>(sample % window_)] = failed;
    ready_[static_cast<std::size_t>(sample % window_)] = 1;
    filled_.notify_one();
  }
}

std::int64_t GenerateWorkers::take(std::chrono::milliseconds patience, const Sink& sink) {
  const auto slot = [&](std::int64_t sample) { return static_cast<std::size_t>(sample % window_); };
  std::unique_lock lock(mutex_);
  if (!filled_.wait_for(lock, patience, [&] { return ready_[slot(taken_)] != 0; })) return 0;
  if (failed_[slot(taken_)]) std::rethrow_exception(failed_[slot(taken_)]);
  std::int64_t count = 0;
  while (taken_ % window_ + count < window_ && ready_[slot(taken_ + count)] &&
         !failed_[slot(taken_ + count)])
    ++count;
  lock.unlock();
  for (std::size_t v = 0; v < arrays_.size(); ++v)
    sink(v, taken_, count, arrays_[v].data() + taken_ % window_ * numbers_[v]);
  lock.lock();
  std::fill_n(ready_.begin() + taken_ % window_, count, char{0});
  taken_ += count;
  lock.unlock();
  emptied_.notify_all();
  return count;
}

}  // namespace banach
