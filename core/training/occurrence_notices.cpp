// SPDX-License-Identifier: Apache-2.0
// What of a problem its terms never mention.
#include <fmt/format.h>

#include <algorithm>

#include "core/training/problem_notices.hpp"

namespace banach {
namespace {

using Columns = std::vector<char>;

/// What a term mentions.
struct Mentioned {
  Columns axes, differentiated, unknowns;
  bool coefficients = false;
};

/// One term, recorded with a call per unknown in place of the network.
class Occurrences {
 public:
  Occurrences(const Experiment& e, const Term& term)
      : recorded_(record_term(e, term, [&](const Point& p) { return unknowns_at(e, p); })),
        wanted_(recorded_.trace->nodes().size()),
        found_{Columns(e.domain.size(), 0), Columns(e.domain.size(), 0),
               Columns(e.unknowns.size(), 0)} {
    want(recorded_.root, Columns(static_cast<std::size_t>(node(recorded_.root).width), 1));
    for (std::size_t i = wanted_.size(); i-- > 0;)
      if (std::count(wanted_[i].begin(), wanted_[i].end(), 1) > 0) visit(static_cast<int>(i));
  }
  const Mentioned& found() const { return found_; }

 private:
  static Expression unknowns_at(const Experiment& e, const Point& p) {
    std::vector<Expression> out;
    for (std::size_t k = 0; k < e.unknowns.size(); ++k)
      out.push_back(call_network(static_cast<int>(k), 1, p, e.functions));
    return concat(out);
  }
  const Node& node(int i) const { return recorded_.trace->node(i); }

  void want(int i, const Columns& columns) {
    auto& all = wanted_[static_cast<std::size_t>(i)];
    all.resize(static_cast<std::size_t>(node(i).width), 0);
    for (std::size_t w = 0; w < all.size(); ++w)
      all[w] = all[w] || columns[columns.size() == 1 ? 0 : std::min(w, columns.size() - 1)];
  }

  void visit(int i) {
    const Node& n = node(i);
    const Columns mine = wanted_[static_cast<std::size_t>(i)];
    if (n.op == Op::network) return call(n);
    if (n.op == Op::coordinate) found_.axes[static_cast<std::size_t>(n.index)] = 1;
    if (n.op == Op::coefficient) found_.coefficients = true;
    for (const auto& term : n.polynomial.terms()) differentiate(term.first);
    std::size_t from = 0;
    for (const int k : n.in) {
      const auto width = static_cast<std::size_t>(node(k).width);
      want(k, asked(n, mine, from, width));
      from += width;
    }
  }

  // By a coordinate, or by one of those of a moved field: any.
  void differentiate(const Monomial& by) {
    for (std::size_t v = 0; v < by.size(); ++v) {
      if (by[v] == 0) continue;
      if (v < found_.axes.size())
        found_.axes[v] = found_.differentiated[v] = 1;
      else
        found_.differentiated.assign(found_.axes.size(), 1);
    }
  }

  // Columns of an operand that are read for those of the node.
  static Columns asked(const Node& n, const Columns& mine, std::size_t from, std::size_t width) {
    if (n.op == Op::concat) return {mine.begin() + from, mine.begin() + from + width};
    if (n.op == Op::columns) {
      Columns out(width, 0);
      std::copy(mine.begin(), mine.end(), out.begin() + n.index);
      return out;
    }
    const bool alike = n.op != Op::sum && n.op != Op::dot && width == mine.size();
    return alike ? mine : Columns(width, 1);
  }

  // A moved field depends on the axes along which it is moved, and on where it is moved to.
  void call(const Node& n) {
    found_.unknowns[static_cast<std::size_t>(n.index)] = 1;
    const Node& points = node(n.in[0]);
    const std::vector<int> own{n.in[0]};
    const auto& coordinates = points.op == Op::concat ? points.in : own;
    for (std::size_t a = 0; a < coordinates.size(); ++a) {
      if (node(coordinates[a]).op == Op::coordinate) continue;
      found_.axes[a] = 1;
      want(coordinates[a], {1});
    }
  }

  Recorded recorded_;
  std::vector<Columns> wanted_;
  Mentioned found_;
};

// Every term, however it is met.
std::vector<Term> all_terms(const Experiment& e) {
  std::vector<Term> out;
  const auto add = [&](const Term& term) {
    if (std::none_of(out.begin(), out.end(), [&](const Term& t) { return t.name == term.name; }))
      out.push_back(term);
  };
  for (const auto& t : e.terms) add(t.term);
  for (const auto& t : e.hard.terms()) add(t);
  for (const auto& t : e.starts) add(t);
  return out;
}

/// The sum over all terms.
class Summary {
 public:
  explicit Summary(const Experiment& e)
      : e_(e), axes_(e.domain.size(), 0), by_(e.domain.size(), 0), unknowns_(e.unknowns.size(), 0) {
    for (const Term& term : all_terms(e)) add(term);
  }

  std::vector<std::string> notices() {
    const bool fitted = e_.data && !e_.data->outputs.empty();
    for (std::size_t k = 0; k < unknowns_.size() && !fitted; ++k)
      if (!unknowns_[k])
        out_.push_back(
            fmt::format("unknown \"{}\" occurs in no term: nothing determines it; add "
                        "an equation for it, or remove it",
                        e_.unknowns[k]));
    const std::size_t own = e_.problem->domain().size();  // coefficients that are inputs follow
    for (std::size_t a = 0; a < std::min(own, axes_.size()) && !fitted; ++a)
      if (!axes_[a])
        out_.push_back(
            fmt::format("axis \"{}\" occurs in no term (no derivative, no condition, no "
                        "coordinate): the equations are the same everywhere along it; "
                        "remove it, or add what depends on it",
                        e_.domain[a].name));
    for (const Term& term : starts_)
      if (const auto a = axis_of(term); a < by_.size() && !by_[a] && anything(by_))
        out_.push_back(
            fmt::format("condition \"{0}\" is an initial condition along \"{1}\", but no "
                        "term differentiates by \"{1}\": is it meant for another axis?",
                        term.name, term.region.axis));
    return out_;
  }

 private:
  static bool anything(const Columns& c) { return std::count(c.begin(), c.end(), 1) > 0; }
  static void join(Columns& all, const Columns& more) {
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = all[i] || more[i];
  }
  std::size_t axis_of(const Term& term) const {
    const auto place = std::find_if(e_.domain.begin(), e_.domain.end(), [&](const Axis& axis) {
      return axis.name == term.region.axis;
    });
    return static_cast<std::size_t>(place - e_.domain.begin());
  }

  void add(const Term& term) {
    const Occurrences occurrences(e_, term);
    const Mentioned& found = occurrences.found();
    join(axes_, found.axes), join(unknowns_, found.unknowns);
    if (!term.condition) join(by_, found.differentiated);
    if (term.region.kind == Region::Kind::points) axes_.assign(axes_.size(), 1);
    if (term.region.kind == Region::Kind::face) axes_[axis_of(term)] = 1;
    if (term.condition && term.condition->type == Condition::Type::initial) starts_.push_back(term);
    if (!anything(found.unknowns) && !found.coefficients)
      out_.push_back(
          fmt::format("term \"{}\" does not depend on the solution: its gradient is "
                      "zero, it cannot be trained",
                      term.name));
  }

  const Experiment& e_;
  Columns axes_, by_, unknowns_;
  std::vector<Term> starts_;
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> occurrence_notices(const Experiment& e) { return Summary(e).notices(); }

}  // namespace banach
