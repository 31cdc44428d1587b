// SPDX-License-Identifier: Apache-2.0
#include "core/operators/input_spline.hpp"

#include <torch/types.h>

#include <algorithm>

namespace banach {
namespace {

// Second derivatives at the knots as a matrix on the values: the tridiagonal system of de Boor
// (A Practical Guide to Splines, ch. IV) in dense form, solved once.
at::Tensor second_derivatives(const std::vector<double>& x, bool periodic) {
  const auto n = static_cast<std::int64_t>(x.size()) - (periodic ? 1 : 0);  // free values
  const auto ends = static_cast<std::int64_t>(x.size());
  at::Tensor left = at::zeros({n, n}, at::kDouble), right = at::zeros({n, n}, at::kDouble);
  auto l = left.accessor<double, 2>(), r = right.accessor<double, 2>();
  const auto step = [&](std::int64_t i) {
    return x[static_cast<std::size_t>(i + 1)] - x[static_cast<std::size_t>(i)];
  };
  for (std::int64_t i = 0; i < n; ++i) {
    if (!periodic && (i == 0 || i == n - 1)) {  // one cubic across the second knot from the end
      const std::int64_t a = i == 0 ? 0 : n - 3;
      const double h = step(a), k = step(a + 1);
      l[i][a] += -1 / h, l[i][a + 1] += 1 / h + 1 / k, l[i][a + 2] += -1 / k;
      continue;
    }
    const std::int64_t before = (i + n - 1) % n, after = (i + 1) % n;
    const double h = periodic && i == 0 ? step(ends - 2) : step(i - 1), k = step(i);
    l[i][before] += h / 6, l[i][i] += (h + k) / 3, l[i][after] += k / 6;
    r[i][after] += 1 / k, r[i][i] -= 1 / k + 1 / h, r[i][before] += 1 / h;
  }
  return at::linalg_solve(left, right);
}

}  // namespace

Spline::Spline(const std::vector<double>& knots, double period, at::TensorOptions options)
    : count_(static_cast<std::int64_t>(knots.size())), period_(period) {
  std::vector<double> ends = knots;
  at::Tensor values = at::eye(count_, at::kDouble), seconds;
  const bool closed = period > 0 && count_ >= 3;
  if (closed) {
    ends.push_back(knots.front() + period);
    values = at::cat({values, values.narrow(0, 0, 1)});
  }
  if (closed || count_ >= 4) {
    seconds = second_derivatives(ends, closed);
    if (closed) seconds = at::cat({seconds, seconds.narrow(0, 0, 1)});
  } else {
    seconds = at::zeros_like(values);
  }
  if (!closed) period_ = 0;
  pieces_ = static_cast<std::int64_t>(ends.size()) - 1;
  knots_ = at::tensor(ends, at::kDouble).to(options);
  values_ = values.to(options), seconds_ = seconds.to(options);
}

at::Tensor Spline::matrix(const at::Tensor& t, int order) const {
  if (pieces_ == 0)
    return order == 0 ? values_.expand({t.size(0), 1})
                      : at::zeros({t.size(0), 1}, values_.options());
  const at::Tensor first = knots_[0];
  at::Tensor x = t.contiguous();
  if (period_ > 0) x = x - at::floor((x - first) / period_) * period_;
  const at::Tensor i = (at::searchsorted(knots_, x, false, true) - 1).clamp(0, pieces_ - 1);
  const at::Tensor low = knots_.index_select(0, i), high = knots_.index_select(0, i + 1);
  const at::Tensor h = high - low, a = high - x, b = x - low;
  at::Tensor f0, f1, m0, m1;  // weights of values and second derivatives at both ends
  switch (order) {
    case 0:
      f0 = a / h, f1 = b / h;
      m0 = (a * a * a / h - h * a) / 6, m1 = (b * b * b / h - h * b) / 6;
      break;
    case 1:
      f0 = -1 / h, f1 = 1 / h;
      m0 = h / 6 - a * a / (2 * h), m1 = b * b / (2 * h) - h / 6;
      break;
    case 2:
      f0 = f1 = at::zeros_like(h), m0 = a / h, m1 = b / h;
      break;
    case 3:
      f0 = f1 = at::zeros_like(h), m0 = -1 / h, m1 = 1 / h;
      break;
    default:
      throw ConfigError(
          "input functions are splines between their sensors: derivatives of order 4 vanish");
  }
  const auto rows = [&](const at::Tensor& table, const at::Tensor& at, const at::Tensor& weight) {
    return table.index_select(0, at) * weight.unsqueeze(1);
  };
  return rows(values_, i, f0) + rows(values_, i + 1, f1) + rows(seconds_, i, m0) +
         rows(seconds_, i + 1, m1);
}

InputSpline::InputSpline(const OperatorData& data, std::size_t input,
                         const std::vector<std::string>& coordinates, at::TensorOptions options,
                         const Origins& origins)
    : name_(data.functions[input].name), coordinates_(coordinates.size()) {
  const DataVariable& variable = data.input(input);
  if (variable.channels.size() != 1)
    throw ConfigError("input function \"" + name_ + "\" has " +
                      std::to_string(variable.channels.size()) +
                      " channels; equations read functions with one");
  for (std::size_t k = 0; k < variable.axes.size(); ++k) {
    const DataAxis& axis = *data.info.axis(variable.axes[k]);
    const auto place =
        std::find(coordinates.begin(), coordinates.end(), data.functions[input].over[k]);
    if (place == coordinates.end() || axis.values.empty())
      throw ConfigError("input function \"" + name_ + "\": its axis \"" + variable.axes[k] + "\" " +
                        (axis.values.empty()
                             ? "has no values in [dataset.coords]"
                             : "is no coordinate of the problem: " + join(coordinates)));
    columns_.push_back(place - coordinates.begin());
    const double step =
        axis.values.size() > 1 ? axis.values.back() - axis.values[axis.values.size() - 2] : 0;
    std::vector<double> knots = axis.values;
    for (double& knot : knots)
      knot -= origins.empty() ? 0 : origins[static_cast<std::size_t>(columns_.back())];
    splines_.emplace_back(knots, axis.periodic ? knots.back() - knots.front() + step : 0, options);
  }
}

GivenFunction InputSpline::at(const at::Tensor& values, const at::Tensor& points) const {
  auto known = std::make_shared<std::map<Monomial, at::Tensor>>();
  return [this, values, points, known](const Monomial& m) -> at::Tensor {
    at::Tensor& out = (*known)[m];
    if (out.defined()) return out;
    const std::int64_t functions = values.size(0), n = points.size(0);
    for (std::size_t c = 0; c < m.size(); ++c)
      if (m[c] > 0 && std::find(columns_.begin(), columns_.end(), static_cast<std::int64_t>(c)) ==
                          columns_.end())
        return out = at::zeros({1, 1, 1}, values.options());
    if (splines_.empty()) return out = values.reshape({functions, 1, 1});
    at::Tensor f = values.select(1, 0);  // [F, axes...]
    for (std::size_t k = 0; k < splines_.size(); ++k) {
      const auto column = columns_[k];
      const int order =
          static_cast<std::size_t>(column) < m.size() ? m[static_cast<std::size_t>(column)] : 0;
      const at::Tensor w = splines_[k].matrix(points.select(1, column), order);  // [N, X]
      if (k == 0)
        f = at::tensordot(w, f, {1}, {1}).transpose(0, 1);  // [F, N, other axes...]
      else
        f = (f * w.reshape([&] {
              std::vector<std::int64_t> shape{1, n, w.size(1)};
              while (static_cast<std::int64_t>(shape.size()) < f.dim()) shape.push_back(1);
              return shape;
            }()))
                .sum(2);
    }
    return out = f.unsqueeze(-1);
  };
}

}  // namespace banach
