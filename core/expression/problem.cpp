// SPDX-License-Identifier: Apache-2.0
#include "banach/problem.hpp"

namespace banach {

Problem::~Problem() = default;
std::vector<InputFunction> Problem::functions() const { return {}; }
Expression Problem::solution(const Point&, E network) const { return network; }
std::optional<Exact> Problem::exact() const { return std::nullopt; }
std::optional<Reference> Problem::reference() const { return std::nullopt; }
std::vector<Baseline> Problem::baselines() const { return {}; }

namespace {

Expression unknown_or_all(const Field& u, const std::string& unknown) {
  return unknown.empty() ? u.all() : u[unknown];
}

// d/dn on a face: the outward normal is -axis on the lower and +axis on the upper face.
Expression normal_derivative(const Field& u, const std::string& axis, Side side,
                             const std::string& unknown) {
  const Expression d = unknown_or_all(u, unknown).d(axis);
  return side == Side::lower ? -d : d;
}

Term condition(Term term, Condition condition) {
  term.condition = std::move(condition);
  return term;
}

}  // namespace

Term interior(std::string name, Body residual) {
  return {std::move(name), {}, std::move(residual), Term::Kind::squares, {}};
}

Term face(std::string name, std::string axis, Side side, Body residual) {
  Region region;
  region.kind = Region::Kind::face;
  region.axis = std::move(axis);
  region.side = side;
  return {std::move(name), std::move(region), std::move(residual), Term::Kind::squares, {}};
}

Term at_points(std::string name, std::vector<std::vector<double>> points, Body residual) {
  Region region;
  region.kind = Region::Kind::points;
  region.points = std::move(points);
  return {std::move(name), std::move(region), std::move(residual), Term::Kind::squares, {}};
}

Term energy(std::string name, Body density) {
  return {std::move(name), {}, std::move(density), Term::Kind::energy, {}};
}

Term initial(std::string name, std::string axis, PointFunction value, std::string unknown) {
  Term term = dirichlet(std::move(name), std::move(axis), Side::lower, std::move(value),
                        std::move(unknown));
  term.condition->type = Condition::Type::initial;
  return term;
}

Term dirichlet(std::string name, std::string axis, Side side, PointFunction value,
               std::string unknown) {
  return condition(face(std::move(name), std::move(axis), side,
                        [value, unknown](const Field& u) {
                          return unknown_or_all(u, unknown) - value(u.point());
                        }),
                   {Condition::Type::dirichlet, value, unknown, 1, 0});
}

Term neumann(std::string name, std::string axis, Side side, PointFunction value,
             std::string unknown) {
  Term term =
      robin(std::move(name), std::move(axis), side, 0, 1, std::move(value), std::move(unknown));
  term.condition->type = Condition::Type::neumann;
  return term;
}

Term robin(std::string name, std::string axis, Side side, double alpha, double beta,
           PointFunction value, std::string unknown) {
  return condition(face(std::move(name), axis, side,
                        [=](const Field& u) {
                          return alpha * unknown_or_all(u, unknown) +
                                 beta * normal_derivative(u, axis, side, unknown) -
                                 value(u.point());
                        }),
                   {Condition::Type::robin, value, unknown, alpha, beta});
}

Term periodic(std::string name, std::string axis, int smoothness) {
  const Body body = [axis, smoothness](const Field& u) {
    const Field other = u.with(axis, u.axis(axis).upper);
    std::vector<Expression> jumps{u.all() - other.all()};
    std::string by;
    for (int order = 1; order < smoothness; ++order) {
      by += axis;
      for (const auto& unknown : u.unknowns())
        jumps.push_back(u.d(by, unknown) - other.d(by, unknown));
    }
    return concat(jumps);
  };
  return condition(face(std::move(name), axis, Side::lower, body),
                   {Condition::Type::periodic, 0.0, "", 1, 0});
}

}  // namespace banach
