// SPDX-License-Identifier: Apache-2.0
#include "core/fused/fused.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace banach {

template <class T>
void Fused<T>::Work::need_partials(std::int64_t count, std::int64_t parameters) {
  if (partials_size >= (count - 1) * parameters) return;
  partials_size = (count - 1) * parameters;
  partials = AlignedNumbers<T>(static_cast<std::size_t>(partials_size));
}

template <class T>
void Fused<T>::losses(const std::vector<Bank>& banks, const std::vector<FusedTarget>& targets,
                      double* losses, at::Tensor* gradient) {
  Work& work = prepared(work_, tapes_);
  begin(work, banks);
  const auto parameters = network_->layout.parameters();
  const auto parts = gradient ? static_cast<std::int64_t>(work.plan.partials.size()) : work.size();
  if (gradient) {
    if (!gradient->defined()) *gradient = at::empty({parameters}, banks[0].parameters.options());
    work.need_partials(parts, parameters);
  }
  const auto place = [&](std::int64_t k) {
    return k == 0 ? gradient->template data_ptr<T>() : work.partials.data() + (k - 1) * parameters;
  };
  for_each(parts, [&](std::int64_t k) {
    if (!gradient) return measure(work, k, targets, nullptr, false);
    const auto& chunks = work.plan.partials[static_cast<std::size_t>(k)];
    for (const auto c : chunks) measure(work, c, targets, place(k), c == chunks.front());
  });
  if (gradient) add_partials(work, parts, place(0));
  collect(work, losses);
}

// Piece by piece, so that the sum is written once.
template <class T>
void Fused<T>::add_partials(Work& work, std::int64_t parts, T* gradient) const {
  constexpr std::int64_t piece = 1 << 12, worth_a_thread = 8;
  const auto parameters = network_->layout.parameters();
  const auto add = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t from = begin * piece; from < std::min(end * piece, parameters); from += piece)
      for (std::int64_t k = 1; k < parts; ++k)
        kernels<T>().scale(std::min(piece, parameters - from), T(1),
                           work.partials.data() + (k - 1) * parameters + from, gradient + from,
                           true);
  };
  if (parts > 1)
    parallel_for((parameters + piece - 1) / piece, worth_a_thread,
                 [&](std::int64_t begin, std::int64_t end) { add(begin, end); });
}

template <class T>
void Fused<T>::measure(Work& work, std::int64_t c, const std::vector<FusedTarget>& targets,
                       T* gradient, bool overwrite) {
  TapeRunner<T>& runner = forward(work, c);
  const Chunk& chunk = work.plan.chunks[static_cast<std::size_t>(c)];
  const auto& members = tapes_[chunk.tape].members;
  for (std::size_t m = 0; m < members.size(); ++m) {
    const auto term = static_cast<std::size_t>(members[m].term);
    const FusedTarget& target = targets[term];
    const std::int64_t count = range_of(chunk, members[m]).count, rows = runner.rows(m);
    const T factor = static_cast<T>((target.squares ? 2 : 1) * target.weight /
                                    static_cast<double>(points_[term]));
    double sum = 0;
    for (int k = 0; k < members[m].columns; ++k) {
      const T* x = runner.values(m) + k * rows;
      for (std::int64_t r = 0; r < count; ++r) {
        const double v = static_cast<double>(x[r]);
        sum += target.squares ? v * v : v;
      }
      if (!gradient || !runner.active(m)) continue;
      T* seed = runner.seeds(m) + k * rows;
      for (std::int64_t r = 0; r < count; ++r) seed[r] = target.squares ? factor * x[r] : factor;
      std::fill(seed + count, seed + rows, T(0));
    }
    work.sums[static_cast<std::size_t>(c)][m] = sum;
  }
  if (gradient) runner.backward(gradient, overwrite);
}

template <class T>
void Fused<T>::collect(const Work& work, double* losses) const {
  std::fill(losses, losses + terms_.size(), 0.0);
  for (std::size_t c = 0; c < work.plan.chunks.size(); ++c) {
    const auto& members = tapes_[work.plan.chunks[c].tape].members;
    for (std::size_t m = 0; m < members.size(); ++m) losses[members[m].term] += work.sums[c][m];
  }
  for (std::size_t i = 0; i < terms_.size(); ++i) losses[i] /= static_cast<double>(points_[i]);
}

template <class T>
at::Tensor Fused<T>::residuals(const std::vector<Bank>& banks, const std::vector<double>& factors) {
  Work& work = prepared(work_, tapes_);
  begin(work, banks);
  at::Tensor out = at::empty({total_rows()}, banks[0].parameters.options().requires_grad(false));
  T* to = out.template data_ptr<T>();
  for_each(work.size(), [&](std::int64_t c) {
    TapeRunner<T>& runner = forward(work, c);
    const Chunk& chunk = work.plan.chunks[static_cast<std::size_t>(c)];
    const auto& members = tapes_[chunk.tape].members;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto columns = members[m].columns;
      const auto term = static_cast<std::size_t>(members[m].term);
      T* place = to + offsets_[term] + range_of(chunk, members[m]).first * columns;
      for (std::int64_t r = 0; r < range_of(chunk, members[m]).count; ++r)
        for (int k = 0; k < columns; ++k)
          place[r * columns + k] =
              static_cast<T>(factors[term]) * runner.values(m)[k * runner.rows(m) + r];
    }
  });
  return out;
}

template <class T>
int Fused<T>::planes() const {
  int out = 1;
  for (const auto& tape : tapes_) out = std::max(out, tape.planes);
  return out;
}

template class Fused<float>;
template class Fused<double>;

FusedExecutor::~FusedExecutor() = default;

std::unique_ptr<FusedExecutor> FusedExecutor::make(std::shared_ptr<const Network> network,
                                                   Derivatives derivatives,
                                                   std::vector<TapeTerm> terms,
                                                   at::ScalarType dtype, std::string& reason) {
  auto tapes = compile_tapes(*network, derivatives, terms, false, reason);
  if (!tapes) return nullptr;
  if (dtype == at::kDouble)
    return std::make_unique<Fused<double>>(std::move(network), std::move(terms), std::move(*tapes));
  return std::make_unique<Fused<float>>(std::move(network), std::move(terms), std::move(*tapes));
}

}  // namespace banach
