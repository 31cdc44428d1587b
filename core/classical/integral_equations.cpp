// SPDX-License-Identifier: Apache-2.0
#include "banach/integral_equations.hpp"

#include <cmath>

#include "banach/classical.hpp"
#include "banach/error.hpp"

namespace banach {

std::vector<std::string> quadratures() {
  return {"monte_carlo", "gauss", "clenshaw_curtis", "trapezoid"};
}

Quadrature quadrature(const std::string& name, int n, double a, double b, int axes) {
  if (axes > 1) return quadrature(name, n, a, b).times(quadrature(name, n, a, b, axes - 1));
  if (name == "monte_carlo") return Quadrature::monte_carlo(n, a, b);
  if (name == "gauss") return Quadrature::gauss(n, a, b);
  if (name == "clenshaw_curtis") return Quadrature::clenshaw_curtis(n, a, b);
  if (name == "trapezoid") return Quadrature::trapezoid(n, a, b);
  throw ConfigError("there is no quadrature \"" + name + "\"; there are " + join(quadratures()));
}

std::vector<std::string> kernels() { return {"sin_cos", "product", "exponential", "gaussian"}; }
std::vector<std::string> sources() { return {"sine", "cosine", "linear", "decay", "constant"}; }

namespace {

// T: double or Expression.
template <class T>
T kernel_product(const std::string& name, const std::vector<T>& x, const std::vector<T>& t) {
  using std::sin, std::cos, std::exp;
  T out(1.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T far = x[i] - t[i];
    out = out * (name == "sin_cos"       ? sin(x[i]) * cos(t[i])
                 : name == "product"     ? x[i] * t[i]
                 : name == "exponential" ? exp(far)
                                         : exp(-far * far));
  }
  return out;
}

template <class T>
T source_product(const std::string& name, const std::vector<T>& x) {
  using std::sin, std::cos, std::exp;
  T out(1.0);
  for (const T& at : x)
    out = out * (name == "sine"     ? sin(at)
                 : name == "cosine" ? cos(at)
                 : name == "linear" ? at
                 : name == "decay"  ? exp(-at)
                                    : T(1.0));
  return out;
}

std::vector<Expression> coordinates(const Point& p, int axes) {
  std::vector<Expression> out;
  for (int i = 0; i < axes; ++i)
    out.push_back(p.coordinates().at(static_cast<std::size_t>(i)).second);
  return out;
}

}  // namespace

Expression NamedEquation::kernel_at(const Point& x, const Point& t) const {
  return kernel_product(kernel, coordinates(x, axes), coordinates(t, axes));
}
Expression NamedEquation::source_at(const Point& x) const {
  return source_product(source, coordinates(x, axes));
}

// With a(x) = K(x, anchor) and b(t) = K(anchor, t) / K(anchor, anchor) the solution is
// u = f + strength * F / (1 - strength * A) * a, F = integral of b f, A = integral of b a.
std::optional<Exact> exact_solution(const NamedEquation& q, const Coefficient& strength) {
  if (q.kernel == "gaussian") return std::nullopt;
  // No zero of a kernel lies at this irrational place of a usual interval.
  const double anchor = q.lower + 0.6180339887498949 * (q.upper - q.lower);
  const auto kernel = [&](double x, double t) {
    return kernel_product<double>(q.kernel, {x}, {t});
  };
  const Quadrature rule = Quadrature::gauss(64, q.lower, q.upper);
  double one_f = 0, one_a = 0;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
    const double t = rule.nodes[i];
    const double b = rule.weights[i] * kernel(anchor, t) / kernel(anchor, anchor);
    one_f += b * source_product<double>(q.source, {t});
    one_a += b * kernel(t, anchor);
  }
  const double f = std::pow(one_f, q.axes), a = std::pow(one_a, q.axes);
  if (strength.role() == Coefficient::Role::fixed && std::abs(1 - strength.value() * a) < 1e-9)
    throw ConfigError("strength = " + to_text(Value(strength.value())) +
                      " is a characteristic value of the kernel \"" + q.kernel +
                      "\": the equation has no unique solution; choose another");
  return [=](const Point& p) {
    const std::vector<Expression> t(static_cast<std::size_t>(q.axes), anchor);
    return q.source_at(p) +
           strength * f / (1 - strength * a) * kernel_product(q.kernel, coordinates(p, q.axes), t);
  };
}

std::optional<Reference> nystrom_solution(const NamedEquation& q, const Coefficient& strength) {
  if (strength.role() == Coefficient::Role::input) return std::nullopt;
  return [=, factor = strength.value()](const std::vector<double>& points) {
    const auto row = [axes = q.axes](const double* x) { return std::vector<double>(x, x + axes); };
    const int nodes = q.axes == 1 ? 40 : q.axes == 2 ? 14 : 8;
    return nystrom(
        [&](const double* x, const double* t) {
          return factor * kernel_product(q.kernel, row(x), row(t));
        },
        [&](const double* x) { return source_product(q.source, row(x)); },
        quadrature("gauss", nodes, q.lower, q.upper, q.axes), points);
  };
}

}  // namespace banach
