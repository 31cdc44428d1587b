// SPDX-License-Identifier: Apache-2.0
// Appends the operations of recorded nodes to a tape.
#pragma once
#include <map>

#include "core/fused/tape.hpp"

namespace banach {

/// One trace that is being appended: of a term, or of the network for one call.
struct TapeScope {
  const Trace* trace;
  const Plan* plan;
  RowDomain points;                       // rows of what depends on points
  int member, place;                      // whose points they are, and their rows
  int bank = 0;                           // of the slots
  std::vector<int> block;                 // per node, -1: not appended yet
  std::vector<std::vector<int>> readers;  // per node, those that are used
  std::vector<char> read_outside;         // per node: by others too
};

class TapeBuilder {
 public:
  TapeBuilder(Tape& tape, const Network& network, bool rowwise)
      : tape_(tape), network_(network), rowwise_(rowwise) {}

  TapeScope scope(const Trace& trace, const Plan& plan, RowDomain points, int member, int place,
                  int bank);
  /// Appends one used node; those that it reads have been appended.
  void append(TapeScope& scope, int node);
  /// Appends the network at these points, whose planes are `closed`; returns the block of its
  /// output with the planes of `outputs`.
  int append_network(int points, const Basis& closed, const Basis& outputs, int bank);
  /// A node's planes for these operators.
  int read(const TapeScope& scope, int node, const std::vector<Polynomial>& wanted);
  /// The planes that are these combinations of a block's.
  int mixed(int block, const std::vector<std::vector<Coordinate>>& reads);
  /// The block with rows of this domain.
  int lifted(int block, RowDomain domain);
  int add_block(Block block);
  void add(Operation operation) { tape_.operations.push_back(std::move(operation)); }

 private:
  int append_leaf(TapeScope& scope, int node);
  int append_linear(TapeScope& scope, int node, int into);
  int append_combine(TapeScope& scope, int node);
  int append_product(TapeScope& scope, int node);
  int append_apply(TapeScope& scope, int node);
  int append_concat(TapeScope& scope, int node);
  int append_select(TapeScope& scope, int node);
  int append_plain(TapeScope& scope, int node);
  int append_call(TapeScope& scope, int node);
  int only_reader(const TapeScope& scope, int node) const;
  bool joins_a_sum(const TapeScope& scope, int node) const;
  bool joins_a_product(const TapeScope& scope, int node) const;
  bool divided(const TapeScope& scope, int node) const;
  std::vector<int> operands(const TapeScope& scope, int node) const;
  struct Summand {
    int node, block;  // -1: none of its own
    double factor;
  };
  std::vector<Summand> summands(const TapeScope& scope, int node, std::vector<double>& constant);
  Operation product(const TapeScope& scope, int node, double scale);
  void add_product(Operation product, int out, bool accumulate);
  void own_block(TapeScope& scope, Summand& summand);
  void absorb(int sum, int summand);
  void add_block_to(int summand, double factor, int sum, bool accumulate);
  void add_numbers(const std::vector<double>& numbers, int sum);
  int sum_in_place(const TapeScope& scope, int node, int candidate, RowDomain domain) const;
  RowDomain common(const std::vector<int>& blocks) const;
  int like(const TapeScope& scope, int node, const std::vector<int>& in, RowDomain rows);
  const Block& block(int i) const { return tape_.blocks[static_cast<std::size_t>(i)]; }

  Tape& tape_;
  const Network& network_;
  bool rowwise_;
  std::map<std::pair<int, std::pair<int, int>>, int> lifts_;
  std::deque<Plan> plans_;
};

}  // namespace banach
