// SPDX-License-Identifier: Apache-2.0
#include "core/study/tpe.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace banach {
namespace {

constexpr double root_half = 0.70710678118654752440;
constexpr double log_root_two_pi = 0.91893853320467274178;

/// P(a < Z < b) of a standard normal Z, without cancellation in the tails.
double mass(double a, double b) {
  if (a > 0) return mass(-b, -a);
  return (std::erfc(-b * root_half) - std::erfc(-a * root_half)) / 2;
}

/// The quantile of a standard normal cut to (a, b).
double cut_quantile(double u, double a, double b) {
  if (a > 0) return -cut_quantile(1 - u, -b, -a);
  const double below = std::erfc(-a * root_half), all = std::erfc(-b * root_half);
  const double p = std::clamp(below + u * (all - below), std::numeric_limits<double>::min(),
                              2 - std::numeric_limits<double>::epsilon());
  return std::clamp(-boost::math::erfc_inv(p) / root_half, a, b);
}

double log_sum_exp(const std::vector<double>& terms) {
  const double top = *std::max_element(terms.begin(), terms.end());
  if (!std::isfinite(top)) return top;
  double sum = 0;
  for (const double t : terms) sum += std::exp(t - top);
  return top + std::log(sum);
}

/// The index that u in [0, 1) falls on.
std::size_t pick(const std::vector<double>& weights, double u) {
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    if (u < weights[i]) return i;
    u -= weights[i];
  }
  return weights.size() - 1;
}

}  // namespace

Parzen::Parzen(const Dimension& dimension, const std::vector<double>& observations,
               const std::vector<double>& weights)
    : dimension_(dimension),
      low_(dimension.inner_low()),
      high_(dimension.inner_high()),
      weights_(weights) {
  weights_.push_back(1);
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double& w : weights_) w /= sum;
  if (dimension.kind == Dimension::Kind::choice)
    histogram(observations);
  else
    kernels(observations);
}

// Each kernel is as wide as the larger gap to its neighbours, within bounds; the prior as the
// range.
void Parzen::kernels(const std::vector<double>& observations) {
  for (const double value : observations) centers_.push_back(dimension_.to_inner(value));
  centers_.push_back((low_ + high_) / 2);
  const std::size_t n = centers_.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [this](std::size_t a, std::size_t b) { return centers_[a] < centers_[b]; });
  widths_.assign(n, high_ - low_);
  const double least = (high_ - low_) / std::min(100.0, 1.0 + static_cast<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    if (order[i] + 1 == n) continue;
    double gap = 0;
    if (i > 0) gap = centers_[order[i]] - centers_[order[i - 1]];
    if (i + 1 < n) gap = std::max(gap, centers_[order[i + 1]] - centers_[order[i]]);
    widths_[order[i]] = std::clamp(gap, least, high_ - low_);
  }
}

void Parzen::histogram(const std::vector<double>& observations) {
  const std::size_t choices = dimension_.choices.size();
  const double share = 1.0 / static_cast<double>(observations.size() + 1);
  probabilities_.assign(choices, weights_.back() / static_cast<double>(choices));
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const double scale = weights_[i] / (1 + share * static_cast<double>(choices));
    for (double& p : probabilities_) p += scale * share;
    probabilities_[static_cast<std::size_t>(observations[i])] += scale;
  }
}

double Parzen::sample(const Stream& stream, std::uint64_t index) const {
  const double which = stream.uniform(2 * index), where = stream.uniform(2 * index + 1);
  if (!probabilities_.empty()) return static_cast<double>(pick(probabilities_, which));
  const std::size_t k = pick(weights_, which);
  const double z =
      cut_quantile(where, (low_ - centers_[k]) / widths_[k], (high_ - centers_[k]) / widths_[k]);
  return dimension_.from_inner(centers_[k] + widths_[k] * z);
}

double Parzen::log_density(double value) const {
  if (!probabilities_.empty()) return std::log(probabilities_.at(static_cast<std::size_t>(value)));
  std::vector<double> terms(weights_.size());
  for (std::size_t k = 0; k < terms.size(); ++k) {
    const auto z = [&](double x) { return (x - centers_[k]) / widths_[k]; };
    double density = 0;
    if (dimension_.step > 0) {
      const double half = dimension_.step / 2;
      density = std::log(
          mass(z(dimension_.to_inner(value - half)), z(dimension_.to_inner(value + half))));
    } else {
      const double at = z(dimension_.to_inner(value));
      density = -at * at / 2 - log_root_two_pi - std::log(widths_[k]);
    }
    terms[k] = std::log(weights_[k]) + density - std::log(mass(z(low_), z(high_)));
  }
  return log_sum_exp(terms);
}

std::vector<double> age_weights(std::size_t n) {
  constexpr std::size_t recent = 25;
  std::vector<double> out(n, 1.0);
  if (n <= recent) return out;
  const double oldest = 1.0 / static_cast<double>(n);
  const std::size_t fading = n - recent;
  for (std::size_t i = 0; i < fading; ++i)
    out[i] = fading == 1
                 ? oldest
                 : oldest + (1 - oldest) * static_cast<double>(i) / static_cast<double>(fading - 1);
  return out;
}

std::size_t good_count(std::size_t n) { return std::min<std::size_t>((n + 9) / 10, 25); }

std::vector<double> suggest_tpe(const Space& space, const std::vector<std::vector<double>>& points,
                                const std::vector<std::size_t>& order, const Stream& stream,
                                const TpeOptions& options) {
  std::vector<double> out;
  const bool random = static_cast<std::int64_t>(points.size()) < options.startup;
  const std::size_t good = good_count(points.size());
  std::vector<char> is_good(points.size(), 0);
  for (std::size_t i = 0; i < good && !random; ++i) is_good[order[i]] = 1;
  for (std::size_t d = 0; d < space.size(); ++d) {
    const Stream draw = stream.child(d);
    if (random) {
      out.push_back(space[d].from_unit(draw.uniform(0)));
      continue;
    }
    std::vector<double> below, above;
    for (std::size_t i = 0; i < points.size(); ++i)
      (is_good[i] ? below : above).push_back(points[i].at(d));
    const Parzen l(space[d], below, age_weights(below.size()));
    const Parzen g(space[d], above, age_weights(above.size()));
    double best = 0, best_gain = -std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < options.candidates; ++i) {
      const double value = l.sample(draw, static_cast<std::uint64_t>(i));
      const double gain = l.log_density(value) - g.log_density(value);
      if (i == 0 || gain > best_gain) best = value, best_gain = gain;
    }
    out.push_back(best);
  }
  return out;
}

}  // namespace banach
