// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <algorithm>

#include "core/fused/fused.hpp"

namespace banach {

template <class T>
at::Tensor Fused<T>::jacobian(const std::vector<Bank>& banks, const std::vector<double>& factors) {
  std::string reason;
  if (rowwise_tapes_.empty())
    rowwise_tapes_ = *compile_tapes(*network_, Derivatives::exact, terms_, true, reason);
  Work& work = prepared(rowwise_, rowwise_tapes_);
  begin(work, banks);
  const auto options = banks[0].parameters.options().requires_grad(false);
  const std::int64_t rows = total_rows();
  at::Tensor out = at::zeros({network_->layout.parameters(), rows}, options);
  for_each(work.size(), [&](std::int64_t c) { jacobian_of(work, c, factors, out); });
  return out.t();
}

// One backward pass for every column that the members of a place have together.
template <class T>
void Fused<T>::jacobian_of(Work& work, std::int64_t c, const std::vector<double>& factors,
                           at::Tensor& out) {
  TapeRunner<T>& runner = forward(work, c);
  const Chunk& chunk = work.plan.chunks[static_cast<std::size_t>(c)];
  const auto& members = (*work.tapes)[chunk.tape].members;
  const auto parameters = network_->layout.parameters(), joined = runner.joined_rows();
  Place& own = place(work);
  if (own.rows_size < parameters * joined) {
    own.rows_size = parameters * joined;
    own.rows = AlignedNumbers<T>(static_cast<std::size_t>(own.rows_size));
  }
  std::vector<int> before(members.size(), 0), columns(chunk.ranges.size(), 0);
  for (std::size_t m = 0; m < members.size(); ++m) {
    int& sum = columns[static_cast<std::size_t>(members[m].place)];
    before[m] = sum;
    sum += members[m].columns;
  }
  const int passes = *std::max_element(columns.begin(), columns.end());
  for (int pass = 0; pass < passes; ++pass) {
    std::fill(own.rows.data(), own.rows.data() + parameters * joined, T(0));
    for (std::size_t m = 0; m < members.size(); ++m) {
      if (!runner.active(m)) continue;
      const auto rows = runner.rows(m);
      T* seed = runner.seeds(m);
      std::fill(seed, seed + members[m].columns * rows, T(0));
      const int k = pass - before[m];
      if (k >= 0 && k < members[m].columns)
        std::fill(seed + k * rows, seed + k * rows + range_of(chunk, members[m]).count,
                  static_cast<T>(factors[static_cast<std::size_t>(members[m].term)]));
    }
    runner.backward_rows(own.rows.data());
    for (std::size_t m = 0; m < members.size(); ++m) {
      const int k = pass - before[m];
      if (k < 0 || k >= members[m].columns) continue;
      const auto start = runner.start(static_cast<std::size_t>(members[m].place));
      scatter(own.rows.data() + start, joined, members[m], range_of(chunk, members[m]), k, out);
    }
  }
}

template <class T>
void Fused<T>::scatter(const T* from, std::int64_t joined, const TapeMember& member,
                       const RowRange& range, int column, at::Tensor& out) const {
  const std::int64_t rows = out.size(1), step = member.columns;
  T* to = out.template data_ptr<T>() + offsets_[static_cast<std::size_t>(member.term)] +
          range.first * step + column;
  for (std::int64_t p = 0; p < out.size(0); ++p, from += joined, to += rows)
    for (std::int64_t r = 0; r < range.count; ++r) to[r * step] = from[r];
}

template class Fused<float>;
template class Fused<double>;

}  // namespace banach
