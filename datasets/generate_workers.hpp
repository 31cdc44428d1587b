// SPDX-License-Identifier: Apache-2.0
// Threads that compute samples ahead of the one that writes them.
#pragma once
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "datasets/generate.hpp"

namespace banach {

/// A ring of samples: the workers fill it in any order, take() empties it in theirs.
class GenerateWorkers {
 public:
  using Sink = std::function<void(std::size_t variable, std::int64_t first, std::int64_t count,
                                  const double* values)>;
  GenerateWorkers(const Generator& generator, const GenerateOptions& options,
                  const std::vector<GeneratedAxis>& axes,
                  const std::vector<GeneratedVariable>& variables, std::int64_t first);
  /// Waits for the samples that are being computed.
  ~GenerateWorkers();
  /// Hands the next samples that are ready to `sink`, within `patience`, and returns how many;
  /// throws what the generator threw for the next one.
  std::int64_t take(std::chrono::milliseconds patience, const Sink& sink);
  /// Samples taken, those before the first included.
  std::int64_t taken() const { return taken_; }

 private:
  void work();
  void compute(std::int64_t sample);

  const Generator& generator_;
  const GenerateOptions& options_;
  const std::vector<GeneratedVariable>& variables_;
  std::vector<std::int64_t> numbers_;        // of one sample of each variable
  std::vector<std::vector<double>> arrays_;  // [window, numbers] for each variable
  std::int64_t window_ = 1, next_, taken_;
  std::vector<char> ready_;
  std::vector<std::exception_ptr> failed_;
  std::mutex mutex_;
  std::condition_variable filled_, emptied_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace banach
