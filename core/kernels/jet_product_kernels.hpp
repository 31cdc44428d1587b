// SPDX-License-Identifier: Apache-2.0
// Products of blocks of derivative planes, every plane of the result in one pass.
#pragma once
#include "core/kernels/kernels.hpp"
#include "core/kernels/vector_math.hpp"

namespace banach {
namespace BANACH_ISA {
namespace {

// Features whose numbers stay in the first cache from one plane to the next.
constexpr long features_together = 8;

/// One plane of y, rows [n] of some features: y = or += a sum of products.
template <class T>
class PlaneSum {
 public:
  PlaneSum(long features, long n, Planes<T> y, bool overwrite)
      : features_(features), n_(n), y_(y), overwrite_(overwrite) {}
  /// c a b, or c a where `b` has no data.
  void add(T c, Planes<const T> a, Planes<const T> b) {
    if (b.data ? pairs_ == most_pairs : singles_ == 1) write();
    if (b.data) {
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
    Planes<const T> a, b;
  };
  template <int pairs, int singles>
  void run() {
    if (overwrite_)
      all<pairs, singles, true>();
    else
      all<pairs, singles, false>();
  }
  // Everything in variables of its own: what is stored could be a member.
  template <int pairs, int singles, bool overwrite>
  void all() {
    const long n = n_, features = features_, y_stride = y_.stride;
    T* y = y_.data;
    Summand pair[most_pairs], single = single_;
#pragma GCC unroll 3
    for (int k = 0; k < pairs; ++k) pair[k] = pair_[k];
    for (long f = 0; f < features; ++f) {
      row<pairs, singles, overwrite>(n, y, single, pair);
      y += y_stride;
      single.a.data += single.a.stride;
#pragma GCC unroll 3
      for (int k = 0; k < pairs; ++k) {
        pair[k].a.data += pair[k].a.stride;
        pair[k].b.data += pair[k].b.stride;
      }
    }
  }
  template <int pairs, int singles, bool overwrite>
  [[gnu::always_inline]] static void row(long n, T* y, const Summand& single, const Summand* pair) {
    using V = typename Vector<T>::type;
    const auto at = [](const T* p) { return *reinterpret_cast<const V*>(p); };
    long i = 0;
    for (; i + lanes<T> <= n; i += lanes<T>) {
      V sum = overwrite ? V{} : at(y + i);
      if constexpr (singles == 1) sum += single.c * at(single.a.data + i);
#pragma GCC unroll 3
      for (int k = 0; k < pairs; ++k)
        sum += pair[k].c * at(pair[k].a.data + i) * at(pair[k].b.data + i);
      *reinterpret_cast<V*>(y + i) = sum;
    }
    for (; i < n; ++i) {
      T sum = overwrite ? T(0) : y[i];
      if constexpr (singles == 1) sum += single.c * single.a.data[i];
      for (int k = 0; k < pairs; ++k) sum += pair[k].c * pair[k].a.data[i] * pair[k].b.data[i];
      y[i] = sum;
    }
  }

  long features_, n_;
  Planes<T> y_;
  bool overwrite_;
  int pairs_ = 0, singles_ = 0;
  Summand pair_[most_pairs] = {}, single_ = {};
};

// A plane of block `x` from feature w on; none for plane -1.
template <class T>
inline Planes<T> plane_of(Planes<T> x, long w, int plane, long rows) {
  return {plane < 0 ? nullptr : x.data + w * x.stride + plane * rows, x.stride};
}

template <class T>
void jet_product(const PlaneProduct* entries, int count, long features, long rows,
                 Planes<const T> a, Planes<const T> b, Planes<T> y) {
  for (long w = 0; w < features; w += features_together) {
    const long some = features - w < features_together ? features - w : features_together;
    for (const PlaneProduct *e = entries, *end = entries + count; e < end;) {
      const int plane = e->out;
      PlaneSum<T> sum(some, rows, plane_of(y, w, plane, rows), e->first && y.stride != 0);
      for (; e < end && e->out == plane; ++e) {
        const auto left = plane_of(a, w, e->left, rows), right = plane_of(b, w, e->right, rows);
        sum.add(T(e->value), left.data ? left : right, left.data ? right : left);
      }
      sum.write();
    }
  }
}

template <class T>
void jet_product_adjoint(const PlaneProduct* entries, int count, long features, long rows,
                         Planes<const T> y, Planes<const T> b, Planes<T> a, bool overwrite) {
  for (long w = 0; w < features; w += features_together) {
    const long some = features - w < features_together ? features - w : features_together;
    for (const PlaneProduct *e = entries, *end = entries + count; e < end;) {
      const int plane = e->left;
      PlaneSum<T> sum(some, rows, plane_of(a, w, plane, rows), overwrite && e->first);
      for (; e < end && e->left == plane; ++e)
        sum.add(T(e->value), plane_of(y, w, e->out, rows), plane_of(b, w, e->right, rows));
      sum.write();
    }
  }
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
