// SPDX-License-Identifier: Apache-2.0
// Products of blocks of derivative planes, every plane of the result in one pass.
#pragma once
#include "core/kernels/kernels.hpp"
#include "core/kernels/vector_math.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

/// y [n] = or += a sum of products of rows.
template <class T>
class RowSum {
 public:
  RowSum(long n, T* y, bool overwrite) : n_(n), y_(y), overwrite_(overwrite) {}
  /// c a b, or c a without a `b`.
  void add(T c, const T* a, const T* b) {
    if (b ? pairs_ == most_pairs : singles_ == 1) write();
    if (b) {
      pair_[pairs_++] = {c, a, b};
    } else {
      single_ = {c, a, b};
      singles_ = 1;
    }
  }
  void write() {
    switch (2 * pairs_ + singles_) {
      case 0:
        return;
      case 1:
        run<0, 1>();
        break;
      case 2:
        run<1, 0>();
        break;
      case 3:
        run<1, 1>();
        break;
      case 4:
        run<2, 0>();
        break;
      case 5:
        run<2, 1>();
        break;
      case 6:
        run<3, 0>();
        break;
      default:
        run<3, 1>();
    }
    pairs_ = singles_ = 0;
    overwrite_ = false;
  }

 private:
  static constexpr int most_pairs = 3;
  struct Summand {
    T c;
    const T *a, *b;
  };
  template <int pairs, int singles>
  void run() {
    using V = typename Vector<T>::type;
    const RowSum s = *this;  // no store below can change it
    const auto at = [](const T* p) { return *reinterpret_cast<const V*>(p); };
    long i = 0;
    for (; i + lanes<T> <= s.n_; i += lanes<T>) {
      V sum = s.overwrite_ ? V{} : at(s.y_ + i);
      if constexpr (singles == 1) sum += s.single_.c * at(s.single_.a + i);
#pragma GCC unroll 3
      for (int k = 0; k < pairs; ++k)
        sum += s.pair_[k].c * at(s.pair_[k].a + i) * at(s.pair_[k].b + i);
      *reinterpret_cast<V*>(s.y_ + i) = sum;
    }
    for (; i < s.n_; ++i) {
      T sum = s.overwrite_ ? T(0) : s.y_[i];
      if constexpr (singles == 1) sum += s.single_.c * s.single_.a[i];
      for (int k = 0; k < pairs; ++k) sum += s.pair_[k].c * s.pair_[k].a[i] * s.pair_[k].b[i];
      s.y_[i] = sum;
    }
  }

  long n_;
  T* y_;
  bool overwrite_;
  int pairs_ = 0, singles_ = 0;
  Summand pair_[most_pairs], single_;
};

template <class T>
void jet_product(const PlaneProduct* entries, int count, long features, long rows,
                 Planes<const T> a, Planes<const T> b, Planes<T> y) {
  for (long w = 0; w < features; ++w)
    for (const PlaneProduct *e = entries, *end = entries + count; e < end;) {
      const int plane = e->out;
      RowSum<T> sum(rows, y.data + w * y.stride + plane * rows, e->first && y.stride != 0);
      for (; e < end && e->out == plane; ++e) {
        const T* left = a.data + w * a.stride + e->left * rows;
        const T* right = b.data + w * b.stride + e->right * rows;
        if (e->left < 0 || e->right < 0)
          sum.add(T(e->value), e->left < 0 ? right : left, nullptr);
        else
          sum.add(T(e->value), left, right);
      }
      sum.write();
    }
}

template <class T>
void jet_product_adjoint(const PlaneProduct* entries, int count, long features, long rows,
                         Planes<const T> y, Planes<const T> b, Planes<T> a, bool overwrite) {
  for (long w = 0; w < features; ++w)
    for (const PlaneProduct *e = entries, *end = entries + count; e < end;) {
      const int plane = e->left;
      RowSum<T> sum(rows, a.data + w * a.stride + plane * rows, overwrite && e->first);
      for (; e < end && e->left == plane; ++e)
        sum.add(T(e->value), y.data + w * y.stride + e->out * rows,
                e->right < 0 ? nullptr : b.data + w * b.stride + e->right * rows);
      sum.write();
    }
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
