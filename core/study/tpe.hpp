// SPDX-License-Identifier: Apache-2.0
// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kegl: "Algorithms for
// hyper-parameter optimization", NIPS 2011), one dimension at a time; the choices of kernel widths,
// weights and split as Watanabe describes them (arXiv 2304.11127).
#pragma once
#include "banach/stream.hpp"
#include "core/study/space.hpp"

namespace banach {

/// A mixture over one dimension: a kernel on every observation and a prior over all of it. Kernels
/// are normal distributions cut to the range (integrated over the cell of a discrete value), or,
/// for choices, histograms.
class BANACH_API Parzen {
 public:
  /// `weights`: one per observation; the prior has weight 1.
  Parzen(const Dimension& dimension, const std::vector<double>& observations,
         const std::vector<double>& weights);
  /// A value, from the numbers 2 `index` and 2 `index` + 1 of the stream.
  double sample(const Stream& stream, std::uint64_t index) const;
  /// Logarithm of the density (probability, where discrete) of a value.
  double log_density(double value) const;

 private:
  void kernels(const std::vector<double>& observations);
  void histogram(const std::vector<double>& observations);

  const Dimension& dimension_;
  double low_, high_;
  std::vector<double> weights_, centers_, widths_;
  std::vector<double> probabilities_;  // of each choice, where the dimension is one
};

/// Weights of n observations, oldest first: all 1 up to 25, beyond that the older ones fade.
BANACH_API std::vector<double> age_weights(std::size_t n);
/// How many of n trials count as good: a tenth, at most 25.
BANACH_API std::size_t good_count(std::size_t n);

struct TpeOptions {
  std::int64_t startup = 10, candidates = 24;
};

/// The next point. `points` are those of the finished trials, oldest first, and `order` their
/// indices from best to worst; random before `startup` of them.
BANACH_API std::vector<double> suggest_tpe(const Space& space,
                                           const std::vector<std::vector<double>>& points,
                                           const std::vector<std::size_t>& order,
                                           const Stream& stream, const TpeOptions& options = {});

}  // namespace banach
