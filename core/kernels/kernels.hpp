// SPDX-License-Identifier: Apache-2.0
// Numerical kernels of the CPU, compiled for several instruction sets; the best one that this
// machine has is chosen once. Rows of matrices are contiguous unless strides are given.
#pragma once
#include <cstdint>

#include "banach/export.hpp"

namespace banach {

/// C[m, n] = sum_k A[m, k] B[k, n], added to C where `accumulate`; A has any strides.
template <class T>
struct Product {
  std::int64_t m, n, k;
  const T* a;
  std::int64_t a_row, a_column;
  const T* b;
  std::int64_t b_row;
  T* c;
  std::int64_t c_row;
  bool accumulate = false;
};

/// One summand of a product of jets: out += value * left * right, plane by plane; a plane -1 of
/// an operand is the number one.
struct PlaneProduct {
  int out, left, right;
  double value;
  bool first;  // of its `out`: overwrites
};

/// A block of planes: entry (feature, plane, row) at data[feature * stride + plane * rows + row].
template <class T>
struct Planes {
  T* data;
  std::int64_t stride;  // 0: one feature for all
};

/// A nonlinear function on jets; see JetFunctionTables for the tables.
struct JetFunction {
  int function;  // Function
  double exponent;
  int planes, order;
  const PlaneProduct* const* powers;  // [order - 1]: the k-th power from the one before, k >= 2
  const int* power_counts;
  const PlaneProduct* adjoint;  // out: plane of the result's adjoint, left: of f', right: of z's
  int adjoint_count;
};

template <class T>
struct JetFunctionArguments {
  const JetFunction* what;
  std::int64_t features, rows;
  Planes<const T> z;
  Planes<T> y;  // forward: out; backward: the same, read where slopes_by_value(what)
  T* slope;     // f', f''/2!, ... at z, order + 1 numbers for each of z; null: not kept
  Planes<const T> y_adjoint;
  Planes<T> z_adjoint;  // backward: out, added to where `accumulate`
  T* scratch;           // [scratch_planes(what) * group * rows]
  std::int64_t group;   // features taken together, the same forward and backward
  bool accumulate = false;
};
/// Planes of scratch that a jet function needs.
BANACH_API int scratch_planes(const JetFunction& what);
/// Whether slopes are functions of the value, as those of tanh: no need to keep them.
BANACH_API bool slopes_by_value(const JetFunction& what);

/// sum = or += a + b and difference = or += a - b on rows of n numbers; results overlap nothing.
template <class T>
struct Butterfly {
  std::int64_t rows, n;
  const T* a;
  std::int64_t a_row;
  const T* b;
  std::int64_t b_row;
  T* sum;
  std::int64_t sum_row;
  T* difference;
  std::int64_t difference_row;
  bool accumulate = false;
};

/// Adam on vectors [n]; the names are those of Kingma & Ba (2015), `fresh` what 1 - beta is.
template <class T>
struct AdamStep {
  std::int64_t n;
  T* parameters;
  const T* gradient;
  T *mean, *square, *largest_square;  // the last one null without AMSGrad
  T beta1, fresh1, beta2, fresh2, eps;
  T rate, root_scale;  // with the corrections of the bias
  T shrink, decay;     // decoupled decay multiplies parameters, coupled decay joins the gradient
};

template <class T>
struct Kernels {
  const char* instruction_set;
  int lanes;  // numbers in a vector
  void (*multiply)(const Product<T>&);
  /// C[m, n] = sum_k A[m, k] B[n, k]; rows of A are contiguous.
  void (*multiply_transposed)(const Product<T>&);
  void (*jet_forward)(const JetFunctionArguments<T>&);
  void (*jet_backward)(const JetFunctionArguments<T>&);
  /// y = sum of the entries; every plane of y that has entries is overwritten.
  void (*jet_product)(const PlaneProduct* entries, int count, std::int64_t features,
                      std::int64_t rows, Planes<const T> a, Planes<const T> b, Planes<T> y);
  /// a_adjoint[left] += value * y_adjoint[out] * b[right]; `overwrite`: the first entry of every
  /// left plane does not add.
  void (*jet_product_adjoint)(const PlaneProduct* entries, int count, std::int64_t features,
                              std::int64_t rows, Planes<const T> y_adjoint, Planes<const T> b,
                              Planes<T> a_adjoint, bool overwrite);
  /// y = or += c * x
  void (*scale)(std::int64_t n, T c, const T* x, T* y, bool accumulate);
  /// y += c
  void (*shift)(std::int64_t n, T c, T* y);
  /// y = or += a * b
  void (*times)(std::int64_t n, const T* a, const T* b, T* y, bool accumulate);
  /// y[f] += c * numbers[f], rows [n] of every feature f
  void (*add_numbers)(std::int64_t features, std::int64_t n, T c, const T* numbers, Planes<T> y);
  /// sum of x
  T (*sum)(std::int64_t n, const T* x);
  /// sums[f] += c * sum of x[f]
  void (*add_sums)(std::int64_t features, std::int64_t n, T c, Planes<const T> x, T* sums);
  /// y = f(z), which may be z; slope = f'(z) unless null.
  void (*activate)(int function, std::int64_t n, const T* z, T* y, T* slope);
  /// Every row of y [rows, n] = or += x [n].
  void (*fill_rows)(std::int64_t rows, std::int64_t n, const T* x, T* y, bool accumulate);
  /// sum [n] += the sum of the rows of x [rows, n].
  void (*sum_rows)(std::int64_t rows, std::int64_t n, const T* x, T* sum);
  void (*butterfly)(const Butterfly<T>&);
  /// From (x W, y W) [2 rows, n, 2], W complex, x + i y = z: (re z W, im z W), [2 rows, n].
  void (*join_complex)(std::int64_t rows, std::int64_t n, const T* products, T* out);
  /// Its transpose: from [2 rows, n] to [2 rows, n, 2].
  void (*expand_complex)(std::int64_t rows, std::int64_t n, const T* x, T* out);
  /// One step; every vector is read and written once.
  void (*adam)(const AdamStep<T>&);
};

/// The best kernels for this machine; BANACH_ISA=baseline|avx2|avx512 chooses less.
template <class T>
BANACH_API const Kernels<T>& kernels();

}  // namespace banach
