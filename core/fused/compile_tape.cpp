// SPDX-License-Identifier: Apache-2.0
// Which terms share a tape, and in which order their operations come.
#include <algorithm>
#include <functional>
#include <utility>

#include "banach/error.hpp"
#include "core/fused/tape_builder.hpp"

namespace banach {

namespace {

struct PlannedTerm {
  const TapeTerm* term;
  int number;
  Plan plan;
  int call = -1;     // the node of its only network call, if others may join it
  int leader = -1;   // the first term that asks the network at the very same points
  Basis joint = {};  // of a leader: what all its followers read from the network
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

// Whether two nodes of two traces are the same function of the points.
bool same_value(const Trace& a, int i, const Trace& b, int k) {
  Node x = a.node(i), y = b.node(k);
  if (x.in.size() != y.in.size() || x.op == Op::data) return false;
  for (std::size_t n = 0; n < x.in.size(); ++n)
    if (!same_value(a, x.in[n], b, y.in[n])) return false;
  x.in.clear();
  y.in.clear();
  return x == y;
}

int input(const PlannedTerm& t) { return t.term->trace->node(t.call).in[0]; }

Basis united(const Basis& a, const Basis& b) {
  auto rows = a.rows;
  rows.insert(rows.end(), b.rows.begin(), b.rows.end());
  return span(rows);
}

void find_leaders(std::deque<PlannedTerm>& terms) {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    PlannedTerm& t = terms[i];
    if (t.call < 0) continue;
    t.leader = static_cast<int>(i);
    for (std::size_t k = 0; k < i && t.term->points >= 0; ++k)
      if (terms[k].leader == static_cast<int>(k) && terms[k].term->points == t.term->points &&
          same_value(*terms[k].term->trace, input(terms[k]), *t.term->trace, input(t)))
        t.leader = static_cast<int>(k);
    Basis& joint = terms[static_cast<std::size_t>(t.leader)].joint;
    joint = united(joint, t.plan.basis[static_cast<std::size_t>(t.call)]);
  }
}

// Terms whose calls of the network are one.
struct CallGroup {
  Basis joint;  // what they read
  std::vector<PlannedTerm*> terms;
  std::int64_t rows = 0;
};

std::vector<CallGroup> group_calls(std::deque<PlannedTerm>& terms) {
  std::map<Basis, CallGroup> together;
  for (auto& t : terms) {
    if (t.call < 0) continue;
    const PlannedTerm& leader = terms[static_cast<std::size_t>(t.leader)];
    CallGroup& group = together[leader.joint];
    group.joint = leader.joint;
    group.terms.push_back(&t);
    if (&leader == &t) group.rows += t.term->rows;
  }
  std::vector<CallGroup> out;
  for (auto& entry : together) out.push_back(std::move(entry.second));
  return out;
}

// A few rows are cheaper as more rows of a larger call, though they need not all of its planes,
// than a pass over the weights of their own; not so the value at one point, such as the start of an
// ordinary equation: it needs no whole vector.
void absorb_small_groups(std::vector<CallGroup>& groups) {
  for (auto small = groups.begin(); small != groups.end();) {
    const auto large = std::find_if(groups.begin(), groups.end(), [&](const CallGroup& g) {
      const bool value_at_a_point = small->rows == 1 && closure(small->joint.rows).size() == 1;
      return small->rows > 0 && 8 * small->rows <= g.rows && !value_at_a_point &&
             closure(united(g.joint, small->joint).rows) == closure(g.joint.rows);
    });
    if (large == groups.end()) {
      ++small;
      continue;
    }
    large->joint = united(large->joint, small->joint);
    large->rows += small->rows;
    large->terms.insert(large->terms.end(), small->terms.begin(), small->terms.end());
    small = groups.erase(small);
  }
}

class TapeCompiler {
 public:
  TapeCompiler(Tape& tape, const Network& network, bool rowwise)
      : tape_(tape), builder_(tape, network, rowwise) {}

  /// `joint`: what is read from the network, where terms join.
  void compile(const std::vector<PlannedTerm*>& terms, const Basis& joint) {
    for (std::size_t m = 0; m < terms.size(); ++m) {
      const auto& t = *terms[m];
      places_.push_back(place_of(terms, m));
      scopes_.push_back(builder_.scope(*t.term->trace, t.plan, {places_[m], 1}, static_cast<int>(m),
                                       places_[m], 0));
      scopes_.back().read_outside[static_cast<std::size_t>(t.term->root)] = 1;
      append(scopes_.back(), 0, terms.size() == 1 ? size(t) : t.call);
    }
    if (terms.size() > 1) call_together(terms, joint);
    for (std::size_t m = 0; m < terms.size(); ++m) {
      const auto& t = *terms[m];
      if (terms.size() > 1) append(scopes_[m], t.call + 1, size(t));
      const int value = builder_.read(scopes_[m], t.term->root, {Polynomial(1.0)});
      const int root = builder_.lifted(value, {places_[m], 1});
      tape_.members.push_back(
          {t.number, root, t.term->trace->node(t.term->root).width, places_[m]});
    }
    mark_first_writers();
  }

 private:
  static int size(const PlannedTerm& t) { return static_cast<int>(t.term->trace->nodes().size()); }
  void append(TapeScope& scope, int from, int to) {
    for (int i = from; i < to; ++i)
      if (scope.plan->used(i)) builder_.append(scope, i);
  }

  int place_of(const std::vector<PlannedTerm*>& terms, std::size_t m) {
    for (std::size_t k = 0; k < m; ++k)
      if (terms[m]->call >= 0 && terms[k]->leader == terms[m]->leader) return places_[k];
    tape_.places.push_back(static_cast<int>(m));
    return static_cast<int>(tape_.places.size()) - 1;
  }

  void call_together(const std::vector<PlannedTerm*>& terms, const Basis& basis) {
    const Basis closed = closure(basis.rows);
    Operation join;
    join.code = Code::join;
    for (const int m : tape_.places) {
      auto& scope = scopes_[static_cast<std::size_t>(m)];
      const int points =
          builder_.read(scope, input(*terms[static_cast<std::size_t>(m)]), closed.rows);
      join.in.push_back(builder_.lifted(points, {scope.place, 1}));
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
    std::vector<std::pair<std::size_t, int>> parts;  // of every term
    for (std::size_t p = 0; p < tape_.places.size(); ++p) {
      Operation part;
      part.code = Code::part;
      part.in = {output};
      Block own = tape_.blocks[static_cast<std::size_t>(output)];
      own.rows = {static_cast<int>(p), 1};
      part.out = builder_.add_block(own);
      for (std::size_t m = 0; m < terms.size(); ++m)
        if (places_[m] == static_cast<int>(p)) parts.push_back({m, part.out});
      builder_.add(part);
    }
    for (const auto& [m, block] : parts) {
      const auto call = static_cast<std::size_t>(terms[m]->call);
      std::vector<std::vector<Coordinate>> reads;
      for (const auto& row : terms[m]->plan.basis[call].rows)
        reads.push_back(coordinates(row, basis));
      scopes_[m].block[call] = builder_.mixed(block, reads);
    }
  }

  // What nobody has written when its producer reads it is cleared there.
  void mark_first_writers() {
    std::vector<char> written(tape_.blocks.size(), 0);
    for (const auto& member : tape_.members) written[static_cast<std::size_t>(member.root)] = 1;
    std::vector<std::vector<int>> views(tape_.blocks.size());
    for (std::size_t i = 0; i < tape_.blocks.size(); ++i)
      if (const int parent = tape_.blocks[i].parent; parent >= 0)
        views[static_cast<std::size_t>(parent)].push_back(static_cast<int>(i));
    const std::function<void(int, std::vector<int>&)> clear = [&](int i, std::vector<int>& out) {
      for (const int view : views[static_cast<std::size_t>(i)]) clear(view, out);
      if (views[static_cast<std::size_t>(i)].empty() &&
          !std::exchange(written[static_cast<std::size_t>(i)], 1))
        out.push_back(i);
    };
    for (std::size_t i = tape_.operations.size(); i-- > 0;) {
      Operation& operation = tape_.operations[i];
      const bool active = tape_.blocks[static_cast<std::size_t>(operation.out)].active;
      if (active) clear(operation.out, operation.clear);
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
  std::vector<int> places_;  // per term
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
    find_leaders(planned);
    auto groups = group_calls(planned);
    absorb_small_groups(groups);
    std::optional<std::deque<Tape>> tapes(std::in_place);
    const auto compile = [&](const std::vector<PlannedTerm*>& terms, const Basis& joint) {
      tapes->emplace_back();
      TapeCompiler(tapes->back(), network, rowwise).compile(terms, joint);
    };
    for (auto& t : planned)
      if (t.call < 0) compile({&t}, {});
    for (auto& group : groups) {
      for (auto* t : group.terms)
        t->plan = plan(*t->term->trace,
                       {{t->term->root, {Polynomial(1.0)}}, {t->call, group.joint.rows}});
      compile(group.terms, group.joint);
    }
    return tapes;
  } catch (const BeyondTape& beyond) {
    reason = beyond.reason;
    return std::nullopt;
  }
}

}  // namespace banach
