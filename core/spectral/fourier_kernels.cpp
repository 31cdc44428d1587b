// SPDX-License-Identifier: Apache-2.0
// Fourier neural operators as one node of autograd.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/types.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "banach/spectral.hpp"
#include "core/executor/parallel.hpp"
#include "core/expression/trace.hpp"
#include "core/spectral/fourier_network.hpp"

namespace banach {
namespace {

using List = torch::autograd::variable_list;

thread_local bool reference_only = false;

// What one call works on; the backward pass finds it again.
struct FourierCall : torch::CustomClassHolder {
  FourierShape shape;
  FourierKernels::Reference reference;
  std::shared_ptr<const GridTransform<float>> of_floats;
  std::shared_ptr<const GridTransform<double>> of_doubles;

  template <class T>
  FourierNetwork<T> network(const List& weights) const {
    std::vector<const T*> pointers;
    for (const auto& w : weights) pointers.push_back(w.data_ptr<T>());
    if constexpr (std::is_same_v<T, float>)
      return {shape, of_floats, pointers};
    else
      return {shape, of_doubles, pointers};
  }
};

Workers workers() {
  if (at::in_parallel_region()) return {1, [](auto n, const auto& body) { body(0, n, 0); }};
  return {at::get_num_threads(), [](std::int64_t count, const Workers::Body& body) {
            parallel_for(count, 1, [&](std::int64_t begin, std::int64_t end) {
              body(begin, end, at::get_thread_num());
            });
          }};
}

// All tensors contiguous; `kept` becomes what a backward pass needs.
template <class T>
at::Tensor run(const FourierCall& call, const at::Tensor& x, const List& weights,
               at::Tensor* kept) {
  const FourierNetwork<T> network = call.network<T>(weights);
  const std::int64_t samples = x.size(0);
  const Workers threads = workers();
  auto shape = x.sizes().vec();
  shape[1] = call.shape.outputs;
  const auto options = x.options().requires_grad(false);
  const at::Tensor y = at::empty(shape, options);
  const at::Tensor values = at::empty({network.kept(samples, kept != nullptr)}, options);
  const at::Tensor scratch = at::empty({network.scratch(samples, threads.number, false)}, options);
  network.forward(samples, x.data_ptr<T>(), y.data_ptr<T>(), values.data_ptr<T>(), kept != nullptr,
                  scratch.data_ptr<T>(), threads);
  if (kept) *kept = values;
  return y;
}

at::Tensor run(const FourierCall& call, const at::Tensor& x, const List& weights,
               at::Tensor* kept) {
  return x.scalar_type() == at::kFloat ? run<float>(call, x, weights, kept)
                                       : run<double>(call, x, weights, kept);
}

// Of x, where it is wanted, and of the weights.
template <class T>
List run_back(const FourierCall& call, const at::Tensor& x, const List& weights,
              const at::Tensor& kept, const at::Tensor& dy) {
  const FourierNetwork<T> network = call.network<T>(weights);
  const Workers threads = workers();
  List out{x.requires_grad() ? at::empty_like(x) : at::Tensor()};
  std::vector<T*> gradients;
  for (const auto& w : weights) {
    out.push_back(at::empty_like(w));
    gradients.push_back(out.back().data_ptr<T>());
  }
  const at::Tensor scratch =
      at::empty({network.scratch(x.size(0), threads.number, true)}, kept.options());
  network.backward(x.size(0), x.data_ptr<T>(), dy.data_ptr<T>(), kept.data_ptr<T>(), gradients,
                   out[0].defined() ? out[0].data_ptr<T>() : nullptr, scratch.data_ptr<T>(),
                   threads);
  return out;
}

struct Fourier : torch::autograd::Function<Fourier> {
  using Context = torch::autograd::AutogradContext;
  static at::Tensor forward(Context* context, const at::Tensor& x, at::TensorList weights,
                            const c10::intrusive_ptr<FourierCall>& call) {
    at::Tensor kept;
    const at::Tensor y = run(*call, x, weights.vec(), &kept);
    List saved{x, kept};
    saved.insert(saved.end(), weights.begin(), weights.end());
    context->save_for_backward(saved);
    context->saved_data["call"] =
        c10::IValue::make_capsule(c10::intrusive_ptr<torch::CustomClassHolder>(call));
    return y;
  }
  static List backward(Context* context, const List& gradients) {
    const auto capsule = context->saved_data["call"].toCapsule();
    const auto& call = static_cast<const FourierCall&>(*capsule);
    const List saved = context->get_saved_variables();
    const List weights(saved.begin() + 2, saved.end());
    List out;
    if (at::GradMode::is_enabled())
      out = by_reference(call, saved[0], weights, gradients[0]);
    else if (saved[0].scalar_type() == at::kFloat)
      out = run_back<float>(call, saved[0], weights, saved[1], gradients[0].contiguous());
    else
      out = run_back<double>(call, saved[0], weights, saved[1], gradients[0].contiguous());
    out.emplace_back();  // of the call
    return out;
  }
  // Differentiable gradients.
  static List by_reference(const FourierCall& call, const at::Tensor& x, const List& weights,
                           const at::Tensor& gradient) {
    List all{x}, wanted;
    all.insert(all.end(), weights.begin(), weights.end());
    for (const auto& t : all)
      if (t.requires_grad()) wanted.push_back(t);
    const List found =
        torch::autograd::grad({call.reference(x, weights)}, wanted, {gradient}, true, true, true);
    List out;
    std::size_t next = 0;
    for (const auto& t : all) out.push_back(t.requires_grad() ? found[next++] : at::Tensor());
    return out;
  }
};

bool suits(const at::Tensor& x, const List& weights) {
  const auto type = x.scalar_type();
  if (reference_only || x.numel() == 0 || (type != at::kFloat && type != at::kDouble)) return false;
  const auto plain = [&](const at::Tensor& t) {
    return t.is_cpu() && t.layout() == at::kStrided && t.scalar_type() == type;
  };
  return plain(x) && std::all_of(weights.begin(), weights.end(), plain);
}

}  // namespace

// Matrices of the grids that were seen.
struct FourierKernels::Transforms {
  template <class T>
  using Map = std::map<std::vector<std::int64_t>, std::shared_ptr<const GridTransform<T>>>;
  std::mutex mutex;
  Map<float> of_floats;
  Map<double> of_doubles;

  template <class T>
  std::shared_ptr<const GridTransform<T>> find(Map<T>& map, const FourierShape& shape) {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto known = map.find(shape.padded);
    if (known != map.end()) return known->second;
    if (map.size() >= 16) map.clear();
    return map[shape.padded] =
               std::make_shared<const GridTransform<T>>(shape.padded, shape.modes, shape.width);
  }
};

FourierKernels::FourierKernels(const FourierLayers& layers)
    : layers_(layers),
      function_(static_cast<int>(activation_of(layers.activation))),
      transforms_(std::make_unique<Transforms>()) {}
FourierKernels::~FourierKernels() = default;

at::Tensor FourierKernels::operator()(const at::Tensor& x, const std::vector<std::int64_t>& padded,
                                      const Weights& weights, const Reference& reference) const {
  if (!suits(x, weights)) return reference(x, weights);
  const auto call = c10::make_intrusive<FourierCall>();
  call->shape = {
      layers_.inputs,  layers_.outputs,     layers_.width, layers_.depth, layers_.projection,
      layers_.lifting, layers_.channel_mlp, function_,     layers_.modes, x.sizes().slice(2).vec(),
      padded};
  if (x.scalar_type() == at::kFloat)
    call->of_floats = transforms_->find(transforms_->of_floats, call->shape);
  else
    call->of_doubles = transforms_->find(transforms_->of_doubles, call->shape);
  List whole;
  bool recorded = x.requires_grad();
  for (const auto& w : weights) {
    whole.push_back(w.contiguous());
    recorded = recorded || w.requires_grad();
  }
  if (!recorded || !at::GradMode::is_enabled()) return run(*call, x.contiguous(), whole, nullptr);
  call->reference = reference;
  return Fourier::apply(x.contiguous(), at::TensorList(whole), call);
}

ReferenceOnly::ReferenceOnly() : before_(reference_only) { reference_only = true; }
ReferenceOnly::~ReferenceOnly() { reference_only = before_; }

}  // namespace banach
