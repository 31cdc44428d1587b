// SPDX-License-Identifier: Apache-2.0
// Vectors of one instruction set and elementary functions on them. Included by the kernels of each
// instruction set alone: nothing here may be shared between them, so no header of the standard
// library with inline functions is included.
#pragma once
#include <stdint.h>

#if defined(__AVX512F__)
#define BANACH_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define BANACH_VECTOR_BYTES 32
#else
#define BANACH_VECTOR_BYTES 16
#endif

namespace banach {
namespace BANACH_ISA {
namespace {

template <class T>
struct Vector;
template <>
struct Vector<float> {
  typedef float type __attribute__((vector_size(BANACH_VECTOR_BYTES), aligned(4), may_alias));
  typedef int mask __attribute__((vector_size(BANACH_VECTOR_BYTES)));
};
template <>
struct Vector<double> {
  typedef double type __attribute__((vector_size(BANACH_VECTOR_BYTES), aligned(8), may_alias));
  typedef long mask __attribute__((vector_size(BANACH_VECTOR_BYTES)));
};
template <class T>
inline constexpr long lanes = BANACH_VECTOR_BYTES / long(sizeof(T));

typedef float Floats __attribute__((vector_size(BANACH_VECTOR_BYTES)));
typedef double Doubles __attribute__((vector_size(BANACH_VECTOR_BYTES)));

// The vector functions of the C library (libmvec), 4 ulp; their special cases are right.
#if defined(__x86_64__) && defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 35)
#if defined(__AVX512F__)
#define BANACH_LIBMVEC(name) _ZGVeN16v_##name##f
#define BANACH_LIBMVEC_DOUBLE(name) _ZGVeN8v_##name
#elif defined(__AVX2__)
#define BANACH_LIBMVEC(name) _ZGVdN8v_##name##f
#define BANACH_LIBMVEC_DOUBLE(name) _ZGVdN4v_##name
#else
#define BANACH_LIBMVEC(name) _ZGVbN4v_##name##f
#define BANACH_LIBMVEC_DOUBLE(name) _ZGVbN2v_##name
#endif
#define BANACH_VECTOR_FUNCTION(name)                                               \
  extern "C" Floats BANACH_LIBMVEC(name)(Floats);                                  \
  extern "C" Doubles BANACH_LIBMVEC_DOUBLE(name)(Doubles);                         \
  struct name##_function {                                                         \
    Floats operator()(Floats x) const { return BANACH_LIBMVEC(name)(x); }          \
    Doubles operator()(Doubles x) const { return BANACH_LIBMVEC_DOUBLE(name)(x); } \
  };
#else
#define BANACH_VECTOR_FUNCTION(name)                                            \
  struct name##_function {                                                      \
    Floats operator()(Floats x) const {                                         \
      for (long i = 0; i < lanes<float>; ++i) x[i] = __builtin_##name##f(x[i]); \
      return x;                                                                 \
    }                                                                           \
    Doubles operator()(Doubles x) const {                                       \
      for (long i = 0; i < lanes<double>; ++i) x[i] = __builtin_##name(x[i]);   \
      return x;                                                                 \
    }                                                                           \
  };
#endif
BANACH_VECTOR_FUNCTION(exp)
BANACH_VECTOR_FUNCTION(log)
BANACH_VECTOR_FUNCTION(log1p)
BANACH_VECTOR_FUNCTION(sin)
BANACH_VECTOR_FUNCTION(cos)
BANACH_VECTOR_FUNCTION(tanh)
BANACH_VECTOR_FUNCTION(erf)

/// y[i] = f(x[i]), vector by vector.
template <class F, class T>
inline void each(F f, long n, const T* x, T* y) {
  using V = typename Vector<T>::type;
  long i = 0;
  for (; i + lanes<T> <= n; i += lanes<T>)
    *reinterpret_cast<V*>(y + i) = f(*reinterpret_cast<const V*>(x + i));
  if (i == n) return;
  V last = {};
  for (long k = 0; i + k < n; ++k) last[k] = x[i + k];
  for (long k = n - i; k < lanes<T>; ++k) last[k] = x[i];
  last = f(last);
  for (long k = 0; i + k < n; ++k) y[i + k] = last[k];
}

}  // namespace
}  // namespace BANACH_ISA
}  // namespace banach
