// SPDX-License-Identifier: Apache-2.0
// One tape at work on a few rows: forward, and backward to gradients or rows of a Jacobian.
#pragma once
#include <vector>

#include "core/fused/arena.hpp"
#include "core/fused/tape.hpp"
#include "core/kernels/aligned.hpp"

namespace banach {

/// Numbers of one bank.
template <class T>
struct BankNumbers {
  const T *parameters, *buffers;
};

/// What a leaf reads: column of a row-major table; `nodes` numbers for each row. Of a function that
/// is given at the points: [planes][features][rows].
template <class T>
struct LeafNumbers {
  const T* data = nullptr;
  std::int64_t row = 0, feature = 0, plane = 0;
};

/// Rows [first, first + count) of the points of a place, or parameters.
struct RowRange {
  std::int64_t first = 0, count = 0;
};

template <class T>
class TapeRunner {
 public:
  /// `rows` of every place, multiples of the vector length or one.
  TapeRunner(const Tape& tape, const Layout& layout, std::vector<std::int64_t> rows,
             bool gradients);

  /// Values at these rows; `leaves` has one entry for each operation. Missing rows repeat the last.
  void forward(const std::vector<BankNumbers<T>>& banks, const std::vector<LeafNumbers<T>>& leaves,
               const std::vector<RowRange>& ranges);
  /// Of member m, [columns][rows(m)].
  const T* values(std::size_t m) const { return value(tape_.members[m].root); }
  /// Where d loss / d values belongs before backward().
  T* seeds(std::size_t m) { return adjoint(tape_.members[m].root); }
  std::int64_t rows(std::size_t m) const {
    return rows_[static_cast<std::size_t>(tape_.members[m].place)];
  }
  /// First row of place p among the joined ones.
  std::int64_t start(std::size_t p) const { return starts_[p]; }
  bool active(std::size_t m) const { return block(tape_.members[m].root).active; }
  /// Adds to the gradient [parameters], or overwrites all of it.
  void backward(T* gradient, bool overwrite);
  /// Adds d values / d parameters of every row to [parameters][joined rows].
  void backward_rows(T* jacobian);
  std::int64_t joined_rows() const { return joined_; }

 private:
  const Block& block(int i) const { return tape_.blocks[static_cast<std::size_t>(i)]; }
  std::int64_t count(const RowDomain& domain) const;
  std::int64_t first_row(const RowDomain& domain) const;
  std::int64_t rows_of(int i) const { return count(block(i).rows); }
  std::int64_t plane_rows(int i) const { return rows_of(i) * block(i).planes; }
  std::int64_t size(int i) const { return plane_rows(i) * block(i).width; }
  T* value(int i) { return arena_.data() + values_[static_cast<std::size_t>(i)]; }
  const T* value(int i) const { return arena_.data() + values_[static_cast<std::size_t>(i)]; }
  T* adjoint(int i) { return arena_.data() + adjoints_[static_cast<std::size_t>(i)]; }
  /// The adjoint of input k, zero where this operation is the first to add to it; null: not active.
  T* adjoint_of(const Operation& operation, std::size_t k, bool overwrites = false);

  void place_adjoints(Arena& arena);
  void find_first_gradients();

  const T* slot(int bank, int number) const;
  std::int64_t offset(int number) const {
    return layout_.slots()[static_cast<std::size_t>(number)].offset;
  }
  bool trained(const Operation& operation, int number) const;
  void fill_leaf(const Operation& operation, const LeafNumbers<T>& leaf,
                 const std::vector<RowRange>& ranges);
  T leaf_number(const Operation& operation, const LeafNumbers<T>& leaf, std::int64_t row,
                std::int64_t node) const;
  void forward(const Operation& operation);
  void lift(const Operation& operation);
  void linear(const Operation& operation);
  JetFunctionArguments<T> function(const Operation& operation, std::size_t number);
  void apply(const Operation& operation, std::size_t number);
  void multiply(const Operation& operation);
  void select(const Operation& operation);
  void join(const Operation& operation);
  void backward(const Operation& operation, std::size_t number);
  void lift_back(const Operation& operation);
  void row_back(const Operation& operation);
  void linear_back(const Operation& operation, std::size_t number);
  void apply_back(const Operation& operation, std::size_t number);
  void multiply_back(const Operation& operation);
  void select_back(const Operation& operation);
  void join_back(const Operation& operation);
  void linear_rows(const Operation& operation);
  void lift_rows(const Operation& operation);
  void leaf_back(const Operation& operation);

  const Tape& tape_;
  const Layout& layout_;
  const Kernels<T>& kernels_;
  std::vector<std::int64_t> rows_, starts_;
  std::int64_t joined_ = 0;
  std::vector<std::int64_t> values_, adjoints_;  // offsets per block
  std::vector<std::int64_t> slopes_;             // per operation
  std::vector<char> first_gradients_;            // per operation: no other writes its weight before
  std::vector<RowRange> unwritten_;              // parameters without such a first writer
  AlignedNumbers<T> arena_, scratch_;
  std::vector<BankNumbers<T>> banks_;
  T *gradient_ = nullptr, *jacobian_ = nullptr;
  bool overwrites_ = false;  // the gradient
};

}  // namespace banach
