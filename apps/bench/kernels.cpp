// SPDX-License-Identifier: Apache-2.0
// Rates of the kernels on this machine: products of matrices as layers of a network ask for them,
// beside those of the BLAS that LibTorch has, and nonlinear functions on derivative planes.
// Sample run: bench_kernels --benchmark_filter=float
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "core/kernels/aligned.hpp"
#include "core/kernels/function.hpp"
#include "core/kernels/kernels.hpp"

namespace banach {
namespace {

constexpr std::int64_t rows = 128;  // of a layer: points times planes

template <class T>
AlignedNumbers<T> filled(std::int64_t n) {
  AlignedNumbers<T> out(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) out.data()[i] = static_cast<T>(0.01 * (i % 97) - 0.5);
  return out;
}

void count_products(benchmark::State& state, std::int64_t width) {
  state.counters["flop/s"] =
      benchmark::Counter(2.0 * width * width * rows, benchmark::Counter::kIsIterationInvariantRate);
}

template <class T>
void layer_forward(benchmark::State& state) {
  const std::int64_t w = state.range(0);
  auto weight = filled<T>(w * w), x = filled<T>(w * rows), y = filled<T>(w * rows);
  for (auto _ : state)
    kernels<T>().multiply({w, rows, w, weight.data(), 1, w, x.data(), rows, y.data(), rows, false});
  count_products(state, w);
}

template <class T>
void layer_weight_gradient(benchmark::State& state) {
  const std::int64_t w = state.range(0);
  auto g = filled<T>(w * w), x = filled<T>(w * rows), y = filled<T>(w * rows);
  for (auto _ : state)
    kernels<T>().multiply_transposed(
        {w, w, rows, x.data(), rows, 1, y.data(), rows, g.data(), w, true});
  count_products(state, w);
}

template <class T>
void blas_forward(benchmark::State& state) {
  const std::int64_t w = state.range(0);
  const auto type = c10::CppTypeToScalarType<T>::value;
  const at::Tensor weight = at::rand({w, w}, type), x = at::rand({w, rows}, type);
  at::Tensor y = at::empty({w, rows}, type);
  for (auto _ : state) at::mm_out(y, weight.t(), x);
  count_products(state, w);
}

// A function of order two on the planes 1, x, xx, as in a heat equation.
template <class T>
struct SecondOrder {
  PlaneProduct square[1] = {{2, 1, 1, 2, true}};
  const PlaneProduct* powers[1] = {square};
  int counts[1] = {1};
  PlaneProduct adjoint[6] = {{0, 0, 0, 1, true}, {1, 1, 0, 1, false}, {2, 2, 0, 1, false},
                             {1, 0, 1, 1, true}, {2, 1, 1, 2, false}, {2, 0, 2, 1, true}};
  JetFunction what;
  static constexpr std::int64_t features = 64;
  AlignedNumbers<T> z = filled<T>(features * 3 * rows), y = z_like(), slope = slope_like(),
                    z_adjoint = z_like(), scratch;
  JetFunctionArguments<T> arguments{};
  explicit SecondOrder(Function f)
      : what{static_cast<int>(f), 0, 3, 2, powers, counts, adjoint, 6} {
    scratch = filled<T>(scratch_planes(what) * 4 * rows);
    arguments.what = &what;
    arguments.features = features;
    arguments.rows = rows;
    arguments.z = {z.data(), 3 * rows};
    arguments.y = {y.data(), 3 * rows};
    arguments.slope = slopes_by_value(what) ? nullptr : slope.data();
    arguments.y_adjoint = {y.data(), 3 * rows};
    arguments.z_adjoint = {z_adjoint.data(), 3 * rows};
    arguments.scratch = scratch.data();
    arguments.group = 4;
  }
  static AlignedNumbers<T> z_like() { return filled<T>(features * 3 * rows); }
  static AlignedNumbers<T> slope_like() { return filled<T>(features * 4 * rows); }
};

template <class T>
void function_forward(benchmark::State& state) {
  SecondOrder<T> f(static_cast<Function>(state.range(0)));
  for (auto _ : state) kernels<T>().jet_forward(f.arguments);
  state.SetItemsProcessed(state.iterations() * f.features * rows);
}

template <class T>
void function_backward(benchmark::State& state) {
  SecondOrder<T> f(static_cast<Function>(state.range(0)));
  kernels<T>().jet_forward(f.arguments);
  for (auto _ : state) kernels<T>().jet_backward(f.arguments);
  state.SetItemsProcessed(state.iterations() * f.features * rows);
}

void widths(benchmark::internal::Benchmark* b) {
  for (const int w : {16, 32, 64, 128, 256, 512}) b->Arg(w);
}
void functions(benchmark::internal::Benchmark* b) {
  for (const Function f : {Function::tanh, Function::sin, Function::gelu})
    b->Arg(static_cast<int>(f));
}

BENCHMARK_TEMPLATE(layer_forward, float)->Apply(widths);
BENCHMARK_TEMPLATE(layer_weight_gradient, float)->Apply(widths);
BENCHMARK_TEMPLATE(blas_forward, float)->Apply(widths);
BENCHMARK_TEMPLATE(layer_forward, double)->Apply(widths);
BENCHMARK_TEMPLATE(layer_weight_gradient, double)->Apply(widths);
BENCHMARK_TEMPLATE(blas_forward, double)->Apply(widths);
BENCHMARK_TEMPLATE(function_forward, float)->Apply(functions);
BENCHMARK_TEMPLATE(function_backward, float)->Apply(functions);
BENCHMARK_TEMPLATE(function_forward, double)->Apply(functions);
BENCHMARK_TEMPLATE(function_backward, double)->Apply(functions);

}  // namespace
}  // namespace banach

int main(int argc, char** argv) {
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  at::set_num_threads(1);
  benchmark::Initialize(&argc, argv);
  benchmark::AddCustomContext("kernels", banach::kernels<float>().instruction_set);
  benchmark::RunSpecifiedBenchmarks();
}
