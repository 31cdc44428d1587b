// SPDX-License-Identifier: Apache-2.0
// Which terms share a tape, and in which order their operations come.
#include "banach/error.hpp"
#include "core/fused/tape_builder.hpp"

namespace banach {

namespace {

struct PlannedTerm {
  const TapeTerm* term;
  int number;
  Plan plan;
  int call = -1;  // the node of its only network call, if others may join it
};

// The only call, of the trained network at points of the term.
int only_call(const Trace& trace, const Plan& plan) {
  int call = -1;
  for (std::size_t i = 0; i < trace.nodes().size(); ++i) {
    const Node& n = trace.nodes()[i];
    if (!plan.used(static_cast<int>(i))) continue;
    if (n.rows & (node_rows | function_rows)) return -1;
    if (n.op != Op::network) continue;
    if (call >= 0 || n.index != 0 || n.in.size() != 1 || !(n.rows & point_rows)) return -1;
    call = static_cast<int>(i);
  }
  return call;
}

class TapeCompiler {
 public:
  TapeCompiler(Tape& tape, const Network& network, bool rowwise)
      : tape_(tape), builder_(tape, network, rowwise) {}

  void compile(const std::vector<const PlannedTerm*>& terms) {
    for (std::size_t m = 0; m < terms.size(); ++m) {
      const auto& t = *terms[m];
      const int member = static_cast<int>(m);
      scopes_.push_back(builder_.scope(*t.term->trace, t.plan, {member, 1}, member, 0));
      ++scopes_.back().uses[static_cast<std::size_t>(t.term->root)];
      append(scopes_.back(), 0, terms.size() == 1 ? size(t) : t.call);
    }
    if (terms.size() > 1) call_together(terms);
    for (std::size_t m = 0; m < terms.size(); ++m) {
      const auto& t = *terms[m];
      if (terms.size() > 1) append(scopes_[m], t.call + 1, size(t));
      const int value = builder_.read(scopes_[m], t.term->root, {Polynomial(1.0)});
      const int root = builder_.lifted(value, {static_cast<int>(m), 1});
      tape_.members.push_back({t.number, root, t.term->trace->node(t.term->root).width});
    }
    mark_first_writers();
  }

 private:
  static int size(const PlannedTerm& t) { return static_cast<int>(t.term->trace->nodes().size()); }
  void append(TapeScope& scope, int from, int to) {
    for (int i = from; i < to; ++i)
      if (scope.plan->used(i)) builder_.append(scope, i);
  }

  void call_together(const std::vector<const PlannedTerm*>& terms) {
    const auto& first = *terms[0];
    const Basis basis = first.plan.basis[static_cast<std::size_t>(first.call)];
    const Basis closed = closure(basis.rows);
    Operation join;
    join.code = Code::join;
    for (std::size_t m = 0; m < terms.size(); ++m) {
      const int in = terms[m]->term->trace->node(terms[m]->call).in[0];
      join.in.push_back(
          builder_.lifted(builder_.read(scopes_[m], in, closed.rows), {static_cast<int>(m), 1}));
    }
    Block all = tape_.blocks[static_cast<std::size_t>(join.in[0])];
    all.rows = {RowDomain::joined, 1};
    for (const int i : join.in) {
      const Block& in = tape_.blocks[static_cast<std::size_t>(i)];
      all.active = all.active || in.active;
      for (std::size_t k = 0; k < all.zero.size(); ++k) all.zero[k] = all.zero[k] && in.zero[k];
    }
    join.out = builder_.add_block(all);
    builder_.add(join);
    const int output = builder_.append_network(join.out, closed, basis, 0);
    for (std::size_t m = 0; m < terms.size(); ++m) {
      Operation part;
      part.code = Code::part;
      part.in = {output};
      Block own = tape_.blocks[static_cast<std::size_t>(output)];
      own.rows = {static_cast<int>(m), 1};
      part.out = builder_.add_block(own);
      scopes_[m].block[static_cast<std::size_t>(terms[m]->call)] = part.out;
      builder_.add(part);
    }
  }

  void mark_first_writers() {
    std::vector<char> written(tape_.blocks.size(), 0);
    for (const auto& member : tape_.members) written[static_cast<std::size_t>(member.root)] = 1;
    for (std::size_t i = tape_.operations.size(); i-- > 0;) {
      Operation& operation = tape_.operations[i];
      const bool active = tape_.blocks[static_cast<std::size_t>(operation.out)].active;
      for (std::size_t k = 0; k < operation.in.size(); ++k) {
        const auto place = static_cast<std::size_t>(operation.in[k]);
        operation.first.push_back(!written[place]);
        const bool condition = operation.code == Code::select && k == 0;
        if (active && !condition) written[place] = 1;
      }
    }
  }

  Tape& tape_;
  TapeBuilder builder_;
  std::deque<TapeScope> scopes_;
};

}  // namespace

std::optional<std::deque<Tape>> compile_tapes(const Network& network, Derivatives derivatives,
                                              const std::vector<TapeTerm>& terms, bool rowwise,
                                              std::string& reason) {
  try {
    if (network.grid()) throw BeyondTape{"an architecture that maps grids"};
    if (derivatives != Derivatives::exact) throw BeyondTape{"derivatives other than exact ones"};
    std::deque<PlannedTerm> planned;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const Demand value{terms[i].root, {Polynomial(1.0)}};
      planned.push_back({&terms[i], static_cast<int>(i), plan(*terms[i].trace, {value})});
      planned.back().call = only_call(*terms[i].trace, planned.back().plan);
    }
    std::map<Basis, std::vector<const PlannedTerm*>> together;
    std::vector<std::vector<const PlannedTerm*>> groups;
    for (const auto& t : planned) {
      if (t.call >= 0)
        together[t.plan.basis[static_cast<std::size_t>(t.call)]].push_back(&t);
      else
        groups.push_back({&t});
    }
    for (auto& group : together) groups.push_back(std::move(group.second));
    std::optional<std::deque<Tape>> tapes(std::in_place);
    for (const auto& group : groups) {
      tapes->emplace_back();
      TapeCompiler(tapes->back(), network, rowwise).compile(group);
    }
    return tapes;
  } catch (const BeyondTape& beyond) {
    reason = beyond.reason;
    return std::nullopt;
  }
}

}  // namespace banach
