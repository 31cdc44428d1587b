// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/numeric/odeint/integrate/integrate_times.hpp>
#include <boost/numeric/odeint/integrate/max_step_checker.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_fehlberg78.hpp>
#include <cmath>
#include <numeric>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {
namespace odeint = boost::numeric::odeint;

namespace {
constexpr int most_steps = 1'000'000;  // between two times

bool finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}
}  // namespace

std::vector<double> runge_kutta(const RightHandSide& f, const std::vector<double>& initial,
                                double start, const std::vector<double>& times, double tolerance) {
  if (times.empty()) return {};
  if (!std::is_sorted(times.begin(), times.end()) || times.front() < start)
    throw ConfigError("Runge-Kutta: the times must ascend from the start");
  std::vector<double> stops{start}, state = initial, out;
  stops.insert(stops.end(), times.begin(), times.end());
  // A step of the stepper's control never shrinks by NaN: such a step would pass.
  const auto guarded = [&f](const std::vector<double>& y, std::vector<double>& dy, double t) {
    f(t, y, dy);
    if (!finite(y) || !finite(dy))
      throw DataError("Runge-Kutta: the solution is not finite near t = " + to_text(Value(t)));
  };
  const auto keep = [&](const std::vector<double>& y, double) {
    out.insert(out.end(), y.begin(), y.end());
  };
  const double longest = stops.back() - start;
  const auto stepper = odeint::make_controlled(
      tolerance, tolerance, odeint::runge_kutta_fehlberg78<std::vector<double>>());
  try {
    odeint::integrate_times(stepper, guarded, state, stops.begin(), stops.end(),
                            longest > 0 ? longest / 1000 : 1.0, keep,
                            odeint::max_step_checker(most_steps));
  } catch (const std::runtime_error& error) {
    if (const auto* own = dynamic_cast<const Error*>(&error)) throw DataError(own->what());
    throw DataError("Runge-Kutta: the step size collapses; the solution may not exist up to t = " +
                    to_text(Value(stops.back())));
  }
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(initial.size()));
  return out;
}

std::vector<double> trajectories(
    const std::vector<double>& points, int axes,
    const std::function<RightHandSide(const double* parameters)>& system,
    const std::vector<double>& initial, double start) {
  const auto width = static_cast<std::size_t>(axes), unknowns = initial.size();
  const auto row = [&](std::size_t i) { return points.data() + i * width; };
  const auto less = [&](std::size_t i, std::size_t j) {
    return std::lexicographical_compare(row(i) + 1, row(i) + width, row(j) + 1, row(j) + width);
  };
  std::vector<std::size_t> order(points.size() / width);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
    if (less(i, j) || less(j, i)) return less(i, j);
    return row(i)[0] < row(j)[0];
  });
  std::vector<double> out(order.size() * unknowns);
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    std::vector<double> times;
    for (; last < order.size() && !less(order[first], order[last]); ++last)
      times.push_back(row(order[last])[0]);
    const auto found = runge_kutta(system(row(order[first]) + 1), initial, start, times);
    for (std::size_t i = first; i < last; ++i)
      std::copy_n(found.begin() + static_cast<std::ptrdiff_t>((i - first) * unknowns), unknowns,
                  out.begin() + static_cast<std::ptrdiff_t>(order[i] * unknowns));
  }
  return out;
}

}  // namespace banach
