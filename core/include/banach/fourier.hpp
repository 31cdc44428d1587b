// SPDX-License-Identifier: Apache-2.0
// FFTW for data generators: plans that are made once and used by several threads. Needs FFTW, which
// is under the GPL: banach_add_plugin(... FFTW).
#pragma once
#include <fftw3.h>

#include <complex>
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

namespace banach {

/// Memory aligned as plans expect it. T is double or std::complex<double>.
template <class T>
class FourierBuffer {
 public:
  explicit FourierBuffer(std::size_t size)
      : size_(size), data_(static_cast<T*>(fftw_malloc(sizeof(T) * size)), &fftw_free) {
    if (!data_) throw std::bad_alloc();
    std::uninitialized_fill_n(data_.get(), size, T());
  }
  T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) const { return data_.get()[i]; }
  T* begin() const { return data(); }
  T* end() const { return data() + size_; }

 private:
  std::size_t size_;
  std::unique_ptr<T, void (*)(void*)> data_;
};

namespace detail {
struct DestroyPlan {
  void operator()(fftw_plan plan) const { fftw_destroy_plan(plan); }
};
using FourierPlan = std::unique_ptr<fftw_plan_s, DestroyPlan>;

inline fftw_complex* fftw(std::complex<double>* p) { return reinterpret_cast<fftw_complex*>(p); }

/// Plans are chosen by rule (FFTW_ESTIMATE), never by a measurement: the same numbers every time.
template <class Make>
FourierPlan make_plan(Make make) {
  static const bool safe = [] {
    fftw_make_planner_thread_safe();
    return true;
  }();
  static_cast<void>(safe);
  FourierPlan plan(make());
  if (!plan) throw std::runtime_error("FFTW makes no plan of this size");
  return plan;
}
}  // namespace detail

/// Real numbers [n_1, ..., n_d] to Fourier coefficients [n_1, ..., n_d / 2 + 1] and back. Thread
/// safe; all arrays are FourierBuffers (or aligned like them).
class RealFourier {
 public:
  explicit RealFourier(const std::vector<int>& shape) {
    std::size_t rows = 1;
    for (std::size_t i = 0; i + 1 < shape.size(); ++i) rows *= static_cast<std::size_t>(shape[i]);
    numbers_ = rows * static_cast<std::size_t>(shape.back());
    coefficients_ = rows * static_cast<std::size_t>(shape.back() / 2 + 1);
    const FourierBuffer<double> real(numbers_);
    const FourierBuffer<std::complex<double>> complex(coefficients_);
    const int rank = static_cast<int>(shape.size());
    forward_ = detail::make_plan([&] {
      return fftw_plan_dft_r2c(rank, shape.data(), real.data(), detail::fftw(complex.data()),
                               FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    });
    backward_ = detail::make_plan([&] {
      return fftw_plan_dft_c2r(rank, shape.data(), detail::fftw(complex.data()), real.data(),
                               FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    });
  }
  std::size_t numbers() const { return numbers_; }
  std::size_t coefficients() const { return coefficients_; }
  /// out_k = 1/n sum_j in_j exp(-2 pi i k j / n): the coefficients of the Fourier series. Destroys
  /// `in`.
  void forward(double* in, std::complex<double>* out) const {
    fftw_execute_dft_r2c(forward_.get(), in, detail::fftw(out));
    const double scale = 1 / static_cast<double>(numbers_);
    for (std::size_t i = 0; i < coefficients_; ++i) out[i] *= scale;
  }
  /// The inverse of forward(): sums the series. Destroys `in`.
  void backward(std::complex<double>* in, double* out) const {
    fftw_execute_dft_c2r(backward_.get(), detail::fftw(in), out);
  }

 private:
  std::size_t numbers_ = 0, coefficients_ = 0;
  detail::FourierPlan forward_, backward_;
};

/// A transform of real numbers [n_1, ..., n_d] to as many, the same kind along every axis, in
/// place: FFTW_REDFT00 (cosines at nodes with ends), FFTW_RODFT00 (sines at inner nodes),
/// FFTW_REDFT10 and FFTW_REDFT01 (cosines at cell centres). Not normalised: see FFTW's manual.
/// Thread safe.
class RealTransform {
 public:
  RealTransform(const std::vector<int>& shape, fftw_r2r_kind kind) {
    std::size_t size = 1;
    for (const int n : shape) size *= static_cast<std::size_t>(n);
    const FourierBuffer<double> data(size);
    const std::vector<fftw_r2r_kind> kinds(shape.size(), kind);
    plan_ = detail::make_plan([&] {
      return fftw_plan_r2r(static_cast<int>(shape.size()), shape.data(), data.data(), data.data(),
                           kinds.data(), FFTW_ESTIMATE);
    });
  }
  void operator()(double* data) const { fftw_execute_r2r(plan_.get(), data, data); }

 private:
  detail::FourierPlan plan_;
};

}  // namespace banach
