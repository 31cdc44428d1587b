// SPDX-License-Identifier: Apache-2.0
#include "core/executor/jet.hpp"

#include <torch/types.h>

#include <cmath>

#include "core/executor/tanh.hpp"

namespace banach {

at::Tensor add_scaled(const at::Tensor& acc, const at::Tensor& x, double c) {
  if (!x.defined() || c == 0) return acc;
  if (!acc.defined()) return c == 1 ? x : x * c;
  return at::add(acc, x, c);
}

at::Tensor times(const at::Tensor& a, const at::Tensor& b) {
  return a.defined() && b.defined() ? a * b : at::Tensor();
}

at::Tensor read(const Jet& jet, const std::vector<Coordinate>& reads) {
  at::Tensor out;
  for (const auto& [row, value] : reads) out = add_scaled(out, jet[row], value);
  return out;
}

Jet jet_product(const Jet& a, const Jet& b, const std::vector<ProductEntry>& table, int size) {
  Jet out(static_cast<std::size_t>(size));
  for (const auto& e : table) {
    at::Tensor& sum = out[e.out];
    if (!a[e.left].defined() || !b[e.right].defined()) continue;
    if (!sum.defined())
      sum = add_scaled({}, a[e.left] * b[e.right], e.value);
    else
      sum = at::addcmul(sum, a[e.left], b[e.right], e.value);
  }
  return out;
}

namespace {

using Tensors = std::vector<at::Tensor>;

// From f' = g(f) by recurrence on polynomials in a = f(z): derivative n as coefficients in a.
Tensors by_polynomial(const at::Tensor& a, const std::vector<double>& slope, int order) {
  std::vector<double> p{0, 1};
  Tensors out{a};
  for (int n = 1; n <= order; ++n) {
    std::vector<double> next(p.size() + slope.size() - 2, 0.0);
    for (std::size_t i = 1; i < p.size(); ++i)
      for (std::size_t j = 0; j < slope.size(); ++j) next[i + j - 1] += i * p[i] * slope[j] / n;
    p = next;
    at::Tensor sum = at::full_like(a, p.back());
    for (std::size_t i = p.size() - 1; i-- > 0;) sum = sum * a + p[i];
    out.push_back(sum);
  }
  return out;
}

Tensors tanh_taylor(const at::Tensor& z, int order) {
  const at::Tensor a = fast_tanh(z);
  Tensors out{a};
  if (order < 1) return out;
  const at::Tensor square = a * a, s = 1 - square;
  out.push_back(s);
  if (order >= 2) out.push_back(-(a * s));
  if (order >= 3) out.push_back(s * (square - 1.0 / 3));
  if (order >= 4) out.push_back(s * a * (2.0 / 3 - square));
  return out;
}

// f(z) = z g(z): f^(n)/n! = z g^(n)/n! + g^(n-1)/(n-1)!
Tensors z_times(const at::Tensor& z, const Tensors& g) {
  Tensors out{z * g[0]};
  for (std::size_t n = 1; n < g.size(); ++n) out.push_back(z * g[n] + g[n - 1]);
  return out;
}

// Normal distribution function and its derivatives by Hermite polynomials.
Tensors normal_cdf(const at::Tensor& z, int order) {
  Tensors out{0.5 * (1 + at::erf(z * std::sqrt(0.5)))};
  if (order < 1) return out;
  const at::Tensor density = at::exp(-0.5 * z * z) / std::sqrt(2 * pi);
  out.push_back(density);
  if (order >= 2) out.push_back(-z * density / 2);
  if (order >= 3) out.push_back((z * z - 1) * density / 6);
  if (order >= 4) out.push_back((3 - z * z) * z * density / 24);
  return out;
}

Tensors power_taylor(const at::Tensor& z, double exponent, int order) {
  Tensors out;
  double factor = 1;
  for (int n = 0; n <= order; ++n) {
    out.push_back(factor == 0 ? at::zeros_like(z) : factor * at::pow(z, exponent - n));
    factor *= (exponent - n) / (n + 1);
  }
  return out;
}

Tensors cyclic(const Tensors& derivatives, int order) {
  Tensors out;
  double factorial = 1;
  for (int n = 0; n <= order; ++n) {
    factorial *= n ? n : 1;
    const double sign = n % 4 < 2 ? 1 : -1;
    out.push_back(n == 0 ? derivatives[0] : derivatives[n % 2] * (sign / factorial));
  }
  return out;
}

}  // namespace

std::vector<at::Tensor> taylor(Function f, double exponent, const at::Tensor& z, int order) {
  switch (f) {
    case Function::tanh:
      return tanh_taylor(z, order);
    case Function::sin:
      return order ? cyclic({at::sin(z), at::cos(z)}, order) : Tensors{at::sin(z)};
    case Function::cos:
      return order ? cyclic({at::cos(z), -at::sin(z)}, order) : Tensors{at::cos(z)};
    case Function::exp: {
      Tensors out{at::exp(z)};
      for (int n = 1; n <= order; ++n) out.push_back(out.back() / n);
      return out;
    }
    case Function::log: {
      Tensors out{at::log(z)};
      if (order < 1) return out;
      const at::Tensor inverse = at::reciprocal(z);
      at::Tensor power = inverse;
      for (int n = 1; n <= order; ++n, power = -power * inverse) out.push_back(power / n);
      return out;
    }
    case Function::sqrt: {
      Tensors out{at::sqrt(z)};
      double factor = 0.5;
      at::Tensor power = order >= 1 ? out[0] / z : at::Tensor();
      for (int n = 1; n <= order; ++n, power = power / z) {
        out.push_back(factor * power);
        factor *= (0.5 - n) / (n + 1);
      }
      return out;
    }
    case Function::sigmoid:
      return by_polynomial(at::sigmoid(z), {0, 1, -1}, order);
    case Function::softplus: {
      Tensors out{at::softplus(z, 1, 40)};
      if (order < 1) return out;
      const Tensors slope = by_polynomial(at::sigmoid(z), {0, 1, -1}, order - 1);
      for (int n = 1; n <= order; ++n) out.push_back(slope[n - 1] / n);
      return out;
    }
    case Function::gelu:
      return z_times(z, normal_cdf(z, order));
    case Function::silu:
      return z_times(z, by_polynomial(at::sigmoid(z), {0, 1, -1}, order));
    case Function::relu: {
      Tensors out{at::relu(z)};
      if (order >= 1) out.push_back((z > 0).to(z.scalar_type()));
      for (int n = 2; n <= order; ++n) out.push_back(at::Tensor());
      return out;
    }
    case Function::reciprocal: {
      Tensors out{at::reciprocal(z)};
      for (int n = 1; n <= order; ++n) out.push_back(-out.back() * out[0]);
      return out;
    }
    case Function::power:
      return power_taylor(z, exponent, order);
  }
  return {};
}

}  // namespace banach
