// SPDX-License-Identifier: Apache-2.0
// Terms of an operator as terms of points alone, for the fused executor: what a term is worth for F
// functions stands in F columns, what the branch makes of the functions are parameters, and the
// network is what it makes of the points. Its features meet the functions in one matrix product for
// every plane that is read.
#pragma once
#include "core/fused/tape.hpp"

namespace banach {

/// Slots of the branch's coefficients follow those of the network, [width, functions] each.
struct PointTerms {
  std::shared_ptr<const Network> network;
  std::vector<TapeTerm> terms;
  std::vector<char> per_function;  // whether the columns of a term are those of every function
};

class BANACH_API FunctionColumns {
 public:
  /// Throws BeyondTape where functions and points meet in anything but dot products.
  FunctionColumns(std::shared_ptr<const Network> network, std::vector<TapeTerm> terms);

  /// Nodes of the network's record that are made of the functions alone and read beside points.
  const std::vector<int>& coefficients() const { return coefficients_; }
  /// Operators that are linear in the network act on its features where that is less work.
  PointTerms make(int functions) const;

 private:
  void find_boundary();
  std::shared_ptr<const Network> point_network(int functions) const;

  std::shared_ptr<const Network> network_;
  std::vector<TapeTerm> terms_;
  std::vector<int> coefficients_;
  std::vector<int> features_;  // nodes of the network's record that are made of points alone
};

}  // namespace banach
