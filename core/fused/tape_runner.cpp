// SPDX-License-Identifier: Apache-2.0
#include "core/fused/tape_runner.hpp"

#include <algorithm>
#include <numeric>

#include "banach/error.hpp"

namespace banach {

namespace {
constexpr std::int64_t group_numbers = 64;

// Features that a nonlinear function takes together: enough numbers to be worth a call.
std::int64_t group(std::int64_t rows) {
  return std::max<std::int64_t>(1, group_numbers / std::max<std::int64_t>(1, rows));
}
}  // namespace

template <class T>
TapeRunner<T>::TapeRunner(const Tape& tape, const Layout& layout, std::vector<std::int64_t> rows,
                          bool gradients)
    : tape_(tape), layout_(layout), kernels_(kernels<T>()), rows_(std::move(rows)) {
  for (const auto n : rows_) {
    starts_.push_back(joined_);
    joined_ += n;
  }
  Arena arena;
  std::int64_t scratch = 0;
  for (std::size_t i = 0; i < tape_.blocks.size(); ++i)
    if (const Block& b = tape_.blocks[i]; b.parent >= 0)
      values_.push_back(values_[static_cast<std::size_t>(b.parent)] +
                        b.from * plane_rows(b.parent));
    else
      values_.push_back(arena.reserve(size(static_cast<int>(i))));
  for (const auto& operation : tape_.operations) {
    slopes_.push_back(-1);
    if (operation.code != Code::apply) continue;
    const JetFunction& what = operation.function->what;
    const auto n = rows_of(operation.out);
    scratch = std::max(scratch, scratch_planes(what) * group(n) * n);
    if (gradients && block(operation.out).active && !slopes_by_value(what))
      slopes_.back() = arena.reserve((what.order + 1) * n * block(operation.out).width);
  }
  adjoints_.assign(tape_.blocks.size(), 0);
  if (gradients) {
    place_adjoints(arena);
    find_first_gradients();
  }
  arena_ = AlignedNumbers<T>(static_cast<std::size_t>(arena.size()));
  scratch_ = AlignedNumbers<T>(static_cast<std::size_t>(scratch));
}

template <class T>
std::int64_t TapeRunner<T>::count(const RowDomain& domain) const {
  std::int64_t points = 1;
  if (domain.place == RowDomain::joined) points = joined_;
  if (domain.place >= 0) points = rows_[static_cast<std::size_t>(domain.place)];
  return points * domain.nodes;
}

template <class T>
std::int64_t TapeRunner<T>::first_row(const RowDomain& domain) const {
  return domain.place >= 0 ? starts_[static_cast<std::size_t>(domain.place)] : 0;
}

template <class T>
const T* TapeRunner<T>::slot(int bank, int number) const {
  const Slot& s = layout_.slots()[static_cast<std::size_t>(number)];
  const auto& numbers = banks_[static_cast<std::size_t>(bank)];
  return (s.trainable ? numbers.parameters : numbers.buffers) + s.offset;
}

template <class T>
bool TapeRunner<T>::trained(const Operation& operation, int number) const {
  return operation.bank == 0 && number >= 0 &&
         layout_.slots()[static_cast<std::size_t>(number)].trainable;
}

template <class T>
void TapeRunner<T>::forward(const std::vector<BankNumbers<T>>& banks,
                            const std::vector<LeafNumbers<T>>& leaves,
                            const std::vector<RowRange>& ranges) {
  banks_ = banks;
  for (std::size_t i = 0; i < tape_.operations.size(); ++i) {
    const Operation& operation = tape_.operations[i];
    if (operation.code == Code::leaf)
      fill_leaf(operation, leaves[i], ranges);
    else if (operation.code == Code::apply)
      apply(operation, i);
    else
      forward(operation);
  }
}

template <class T>
JetFunctionArguments<T> TapeRunner<T>::function(const Operation& operation, std::size_t number) {
  const auto n = rows_of(operation.out);
  JetFunctionArguments<T> a{};
  a.what = &operation.function->what;
  a.features = block(operation.out).width;
  a.rows = n;
  a.z = {value(operation.in[0]), n * a.what->planes};
  a.y = {value(operation.out), a.z.stride};
  if (slopes_[number] >= 0) a.slope = arena_.data() + slopes_[number];
  a.scratch = scratch_.data();
  a.group = group(n);
  return a;
}

template <class T>
void TapeRunner<T>::apply(const Operation& operation, std::size_t number) {
  kernels_.jet_forward(function(operation, number));
}

template <class T>
void TapeRunner<T>::linear(const Operation& operation) {
  const int x = operation.in[0], y = operation.out;
  const std::int64_t n = plane_rows(x), in = block(x).width, out = block(y).width;
  const T* weight = slot(operation.bank, operation.weight);
  if (n == 1)
    kernels_.multiply(
        {1, out, in, value(x), 1, 1, weight, out, value(y), out, operation.accumulate});
  else
    kernels_.multiply({out, n, in, weight, 1, out, value(x), n, value(y), n, operation.accumulate});
  if (operation.bias < 0) return;
  const T* bias = slot(operation.bank, operation.bias);
  const auto rows = rows_of(x);
  for (int k = 0; k < block(x).planes; ++k) {
    const T part = static_cast<T>(operation.numbers[static_cast<std::size_t>(k)]);
    if (part != 0) kernels_.add_numbers(out, rows, part, bias, {value(y) + k * rows, n});
  }
}

template <class T>
void TapeRunner<T>::multiply(const Operation& operation) {
  const int a = operation.in[0], b = operation.in[1], y = operation.out;
  const std::int64_t n = rows_of(y);
  const bool dot = operation.code == Code::dot;
  const std::int64_t features = dot ? std::max(block(a).width, block(b).width) : block(y).width;
  const auto stride = [&](int i) { return block(i).width == 1 ? 0 : plane_rows(i); };
  if (dot) std::fill(value(y), value(y) + size(y), T(0));
  kernels_.jet_product(operation.entries.data(), static_cast<int>(operation.entries.size()),
                       features, n, {value(a), stride(a)}, {value(b), stride(b)},
                       {value(y), dot ? 0 : plane_rows(y)});
}

template <class T>
void TapeRunner<T>::select(const Operation& operation) {
  const int y = operation.out;
  const std::int64_t n = rows_of(y);
  const auto at = [&](std::size_t k, std::int64_t w, int plane) {
    const int i = operation.in[k];
    return value(i) + (block(i).width == 1 ? 0 : w) * plane_rows(i) + plane * n;
  };
  for (std::int64_t w = 0; w < block(y).width; ++w)
    for (int k = 0; k < block(y).planes; ++k) {
      const T *condition = at(0, w, 0), *a = at(1, w, k), *b = at(2, w, k);
      T* out = value(y) + (w * block(y).planes + k) * n;
      for (std::int64_t i = 0; i < n; ++i) out[i] = condition[i] > 0 ? a[i] : b[i];
    }
}

template <class T>
void TapeRunner<T>::join(const Operation& operation) {
  const bool together = operation.code == Code::join;
  const int y = operation.out;
  const std::int64_t planes = static_cast<std::int64_t>(block(y).width) * block(y).planes;
  for (const int x : operation.in) {
    const std::int64_t n = together ? rows_of(x) : rows_of(y);
    const std::int64_t place = first_row(block(together ? x : y).rows);
    for (std::int64_t p = 0; p < planes; ++p) {
      const T* source = value(x) + p * rows_of(x) + (together ? 0 : place);
      std::copy(source, source + n, value(y) + p * rows_of(y) + (together ? place : 0));
    }
  }
}

template <class T>
void TapeRunner<T>::forward(const Operation& operation) {
  const int y = operation.out, x = operation.in.empty() ? y : operation.in[0];
  const std::int64_t n = rows_of(y), all = plane_rows(y);
  const auto stride = block(x).width == 1 && block(y).width > 1 ? 0 : plane_rows(x);
  switch (operation.code) {
    case Code::lift:
      return lift(operation);
    case Code::linear:
      return linear(operation);
    case Code::multiply:
    case Code::dot:
      return multiply(operation);
    case Code::select:
      return select(operation);
    case Code::join:
    case Code::part:
      return join(operation);
    case Code::mix:
      for (int w = 0; w < block(y).width; ++w)
        for (const auto& e : operation.entries)
          kernels_.scale(n, static_cast<T>(e.value), value(x) + w * plane_rows(x) + e.left * n,
                         value(y) + w * all + e.out * n, !e.first);
      return;
    case Code::affine:
      for (int w = 0; w < block(y).width; ++w) {
        kernels_.scale(all, static_cast<T>(operation.numbers[static_cast<std::size_t>(w)]),
                       value(x) + w * all, value(y) + w * all, false);
        const auto width = static_cast<std::size_t>(block(y).width);
        for (int k = 0; k < block(y).planes; ++k)
          kernels_.shift(n,
                         static_cast<T>(operation.numbers[width + static_cast<std::size_t>(w)] *
                                        operation.numbers[2 * width + static_cast<std::size_t>(k)]),
                         value(y) + w * all + k * n);
      }
      return;
    case Code::add:
      for (int w = 0; w < block(y).width; ++w)
        kernels_.scale(all, static_cast<T>(operation.numbers[0]), value(x) + w * stride,
                       value(y) + w * all, operation.accumulate);
      return;
    case Code::shift:
      for (int w = 0; w < block(y).width; ++w)
        for (int k = 0; k < block(y).planes; ++k)
          kernels_.shift(n, static_cast<T>(operation.numbers[static_cast<std::size_t>(k)]),
                         value(y) + w * all + k * n);
      return;
    case Code::copy:
      std::copy(value(x) + operation.from * all,
                value(x) + (operation.from + operation.width) * all, value(y) + operation.to * all);
      return;
    case Code::sum:
      for (int w = 0; w < block(x).width; ++w)
        kernels_.scale(all, T(1), value(x) + w * all, value(y), w > 0);
      return;
    case Code::node_sum:
      for (std::int64_t p = 0; p < static_cast<std::int64_t>(block(y).width) * block(y).planes; ++p)
        for (std::size_t q = 0; q < operation.numbers.size(); ++q)
          kernels_.scale(n, static_cast<T>(operation.numbers[q]),
                         value(x) + p * rows_of(x) + static_cast<std::int64_t>(q) * n,
                         value(y) + p * n, q > 0);
      return;
    case Code::leaf:
    case Code::apply:
      BANACH_ASSERT(false);
  }
}

template class TapeRunner<float>;
template class TapeRunner<double>;

}  // namespace banach
