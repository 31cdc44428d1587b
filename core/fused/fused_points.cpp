// SPDX-License-Identifier: Apache-2.0
// What every evaluation starts from: tapes, chunks and where leaves find their numbers.
#include <ATen/ATen.h>

#include "banach/error.hpp"
#include "core/executor/jet.hpp"
#include "core/fused/fused.hpp"

namespace banach {

template <class T>
void Fused<T>::set_points(const std::vector<PointSet>& sets) {
  sets_ = sets;
  std::vector<std::int64_t> points;
  for (const auto& set : sets_) points.push_back(set.points.size(0));
  if (points == points_ && same_points() == shared_) return;
  points_ = std::move(points);
  compile();
  work_ = Work();
  rowwise_ = Work();
}

// Per term: the first one whose points are the very same numbers.
template <class T>
std::vector<int> Fused<T>::same_points() const {
  std::vector<int> out;
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    const at::Tensor& p = sets_[i].points;
    std::size_t k = 0;
    while (sets_[k].points.data_ptr() != p.data_ptr() || sets_[k].points.sizes() != p.sizes()) ++k;
    out.push_back(static_cast<int>(k));
  }
  return out;
}

template <class T>
void Fused<T>::compile() {
  shared_ = same_points();
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    terms_[i].points = shared_[i];
    terms_[i].rows = points_[i];
  }
  std::string reason;
  tapes_ = *compile_tapes(*network_, Derivatives::exact, terms_, false, reason);
  rowwise_tapes_.clear();
}

template <class T>
typename Fused<T>::Work& Fused<T>::prepared(Work& work, const std::deque<Tape>& tapes) {
  if (work.tapes != &tapes) {
    work = Work();
    work.tapes = &tapes;
    work.plan = plan_chunks(tapes, points_, sizeof(T), kernels<T>().lanes);
    for (const auto& tape : tapes) work.leaves.emplace_back(tape.operations.size());
    for (const auto& chunk : work.plan.chunks)
      work.sums.emplace_back(tapes[chunk.tape].members.size());
    offsets_.clear();
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < terms_.size(); ++i) {
      offsets_.push_back(offset);
      offset += points_[i] * terms_[i].trace->node(terms_[i].root).width;
    }
  }
  const auto threads = std::min(static_cast<std::size_t>(at::get_num_threads()),
                                std::max<std::size_t>(1, work.plan.chunks.size()));
  while (work.places.size() < threads) make_runners(work, work.places.emplace_back());
  return work;
}

// Any thread may come by any chunk in any step.
template <class T>
void Fused<T>::make_runners(Work& work, Place& place) const {
  for (std::size_t t = 0; t < work.tapes->size(); ++t) {
    auto& runners = place.runners.emplace_back();
    for (const auto& layout : work.plan.layouts[t])
      runners.push_back(
          std::make_unique<TapeRunner<T>>((*work.tapes)[t], network_->layout, layout, true));
  }
}

template <class T>
void Fused<T>::begin(Work& work, const std::vector<Bank>& banks) {
  work.banks.clear();
  for (const auto& bank : banks)
    work.banks.push_back({bank.parameters.template data_ptr<T>(),
                          bank.buffers.numel() ? bank.buffers.template data_ptr<T>() : nullptr});
  work.given.clear();
  for (std::size_t t = 0; t < work.tapes->size(); ++t) {
    const Tape& tape = (*work.tapes)[t];
    for (std::size_t i = 0; i < tape.operations.size(); ++i) {
      const Operation& operation = tape.operations[i];
      if (operation.code != Code::leaf) continue;
      if (operation.source == LeafSource::coordinate || operation.source == LeafSource::data)
        work.leaves[t][i] = leaf_numbers(tape, operation);
      if (operation.source != LeafSource::given) continue;
      const at::Tensor& values = work.given.emplace_back(given(tape, operation));
      work.leaves[t][i] = {values.template data_ptr<T>(), 1, values.stride(1), values.stride(0)};
    }
  }
}

template <class T>
LeafNumbers<T> Fused<T>::leaf_numbers(const Tape& tape, const Operation& operation) const {
  const auto term = tape.members[static_cast<std::size_t>(operation.member)].term;
  const PointSet& set = sets_[static_cast<std::size_t>(term)];
  if (operation.source == LeafSource::coordinate)
    return {set.points.template data_ptr<T>() + operation.index, set.points.stride(0)};
  const auto place = set.data.find(operation.name);
  if (place == set.data.end())
    throw ConfigError("the point set has no column \"" + operation.name + "\"");
  BANACH_ASSERT(place->second.is_contiguous());
  return {place->second.template data_ptr<T>(), place->second.stride(0)};
}

// [planes, features, rows]
template <class T>
at::Tensor Fused<T>::given(const Tape& tape, const Operation& operation) const {
  const auto term = tape.members[static_cast<std::size_t>(operation.member)].term;
  const PointSet& set = sets_[static_cast<std::size_t>(term)];
  const auto place = set.given.find(operation.name);
  if (place == set.given.end())
    throw ConfigError("values of the input function \"" + operation.name +
                      "\" at the points are missing");
  const std::vector<std::int64_t> shape{tape.blocks[static_cast<std::size_t>(operation.out)].width,
                                        set.points.size(0)};
  std::vector<at::Tensor> planes;
  for (const Polynomial& p : operation.operators) {
    at::Tensor sum;
    for (const auto& [m, c] : p.terms()) sum = add_scaled(sum, place->second(m).squeeze(-1), c);
    planes.push_back(sum.expand(shape));
  }
  return planes.size() == 1 ? planes[0].unsqueeze(0).contiguous() : at::stack(planes);
}

template <class T>
TapeRunner<T>& Fused<T>::forward(Work& work, std::int64_t c) {
  const Chunk& chunk = work.plan.chunks[static_cast<std::size_t>(c)];
  TapeRunner<T>& runner = *place(work).runners[chunk.tape][chunk.layout];
  runner.forward(work.banks, work.leaves[chunk.tape], chunk.ranges);
  return runner;
}

template <class T>
std::int64_t Fused<T>::total_rows() const {
  return offsets_.empty()
             ? 0
             : offsets_.back() +
                   points_.back() * terms_.back().trace->node(terms_.back().root).width;
}

template class Fused<float>;
template class Fused<double>;

}  // namespace banach
