// SPDX-License-Identifier: Apache-2.0
#include "core/expression/hard_conditions.hpp"

#include <algorithm>
#include <cmath>

namespace banach {

bool HardConditions::Conditioned::values_only() const {
  return std::all_of(faces.begin(), faces.end(), [](const Face& f) { return f.beta == 0; });
}

HardConditions::HardConditions(Domain domain, Unknowns unknowns, std::vector<Term> terms)
    : domain_(std::move(domain)),
      unknowns_(std::move(unknowns)),
      terms_(std::move(terms)),
      conditions_(unknowns_.size()),
      periodic_(domain_.size(), false) {
  for (const Term& term : terms_) add(term);
  for (std::size_t k = 0; k < conditions_.size(); ++k)
    for (auto& conditioned : conditions_[k]) {
      if (periodic_[conditioned.axis])
        throw ConfigError("hard: term \"" + conditioned.faces[0].term + "\" fixes \"" +
                          unknowns_[k] + "\" on a face of the periodic axis \"" +
                          domain_[conditioned.axis].name + "\"; only one of both can hold");
      shape(conditioned);
    }
}

void HardConditions::add(const Term& term) {
  BANACH_ASSERT(term.condition);
  const Condition& condition = *term.condition;
  const auto place = std::find_if(domain_.begin(), domain_.end(),
                                  [&](const Axis& axis) { return axis.name == term.region.axis; });
  if (place == domain_.end())
    throw ConfigError("hard: term \"" + term.name + "\": there is no axis \"" + term.region.axis +
                      "\"");
  const auto axis = static_cast<std::size_t>(place - domain_.begin());
  if (condition.type == Condition::Type::periodic) {
    periodic_[axis] = true;
    return;
  }
  if (condition.alpha == 0 && condition.beta == 0)
    throw ConfigError("hard: term \"" + term.name + "\" has alpha = beta = 0: it fixes nothing");
  const bool lower = term.region.side == Side::lower;
  bool found = false;
  for (std::size_t k = 0; k < unknowns_.size(); ++k) {
    if (!condition.unknown.empty() && condition.unknown != unknowns_[k]) continue;
    found = true;
    add_face(k, axis,
             {term.region.side,
              lower ? place->lower : place->upper,
              lower ? -1.0 : 1.0,
              condition.alpha,
              condition.beta,
              condition.value,
              term.name,
              {}});
  }
  if (!found)
    throw ConfigError("hard: term \"" + term.name + "\": there is no unknown \"" +
                      condition.unknown + "\"; the unknowns are " + join(unknowns_));
}

void HardConditions::add_face(std::size_t unknown, std::size_t axis, Face face) {
  auto& list = conditions_[unknown];
  auto place =
      std::find_if(list.begin(), list.end(), [&](const Conditioned& c) { return c.axis == axis; });
  if (place == list.end()) place = list.insert(place, {axis, {}});
  for (const Face& other : place->faces)
    if (other.side == face.side)
      throw ConfigError("hard: terms \"" + other.term + "\" and \"" + face.term + "\" both fix \"" +
                        unknowns_[unknown] + "\" on the same face of \"" + domain_[axis].name +
                        "\"; leave one of them soft");
  place->faces.push_back(std::move(face));
}

namespace {

// Condition of s^power at s = 0 (lower) or 1 (upper), s = (x - lower) / length.
double of_power(double alpha, double slope, bool lower, int power) {
  const double value = lower ? (power == 0 ? 1 : 0) : 1;
  const double derivative = lower ? (power == 1 ? 1 : 0) : power;
  return alpha * value + slope * derivative;
}

}  // namespace

void HardConditions::shape(Conditioned& c) const {
  const Axis& axis = domain_[c.axis];
  const double length = axis.upper - axis.lower;
  const auto entry = [&](const Face& f, int power) {
    return of_power(f.alpha, f.beta * f.normal / length, f.side == Side::lower, power);
  };
  if (c.faces.size() == 1) {
    Face& f = c.faces[0];
    f.shape =
        f.alpha != 0 ? std::vector<double>{1 / f.alpha} : std::vector<double>{0, 1 / entry(f, 1)};
    return;
  }
  constexpr int powers[][2] = {{0, 1}, {1, 2}, {0, 2}};
  for (const auto& [p, q] : powers) {
    Face &f = c.faces[0], &g = c.faces[1];
    const double fp = entry(f, p), fq = entry(f, q), gp = entry(g, p), gq = entry(g, q);
    const double det = fp * gq - fq * gp;
    if (std::abs(det) <= 1e-8 * (std::abs(fp * gq) + std::abs(fq * gp))) continue;
    f.shape.assign(3, 0.0), g.shape.assign(3, 0.0);
    f.shape[p] = gq / det, f.shape[q] = -gp / det;
    g.shape[p] = -fq / det, g.shape[q] = fp / det;
    return;
  }
  throw ConfigError("hard: terms \"" + c.faces[0].term + "\" and \"" + c.faces[1].term +
                    "\" cannot be met at once by a polynomial along \"" + axis.name +
                    "\"; leave one of them soft");
}

Expression HardConditions::unit(const Conditioned& c, const Point& point) const {
  const Axis& axis = domain_[c.axis];
  return (point[axis.name] - axis.lower) * (1 / (axis.upper - axis.lower));
}

Expression HardConditions::polynomial(const Conditioned& c, const Face& face,
                                      const Point& point) const {
  const Expression s = unit(c, point);
  Expression out = face.shape[0];
  for (std::size_t k = 1; k < face.shape.size(); ++k)
    if (face.shape[k] != 0) out = out + face.shape[k] * pow(s, static_cast<int>(k));
  return out;
}

// alpha u + beta du/dn at the point's projection to the face.
Expression HardConditions::measure(const Conditioned& c, const Face& face, const Scalar& u,
                                   const Point& point) const {
  const std::string& axis = domain_[c.axis].name;
  if (face.beta == 0) return face.alpha * u(point.with(axis, face.place));
  Trace& trace = Trace::current();
  const int variable = trace.new_variable();
  const Expression moved = u(point.with(axis, face.place + trace.shift(variable)));
  const Expression slope = trace.derivative(moved, Polynomial::variable(variable));
  return face.alpha * moved + face.beta * face.normal * slope;
}

Expression HardConditions::value_at(const Face& face, std::size_t unknown,
                                    const Point& point) const {
  const Expression value = face.value(point);
  return value.trace() && value.width() > 1 ? value[static_cast<int>(unknown)] : value;
}

HardConditions::Scalar HardConditions::interpolation(std::size_t unknown) const {
  if (extended_[unknown])
    return [this, unknown](const Point& point) {
      return value_at(conditions_[unknown][0].faces[0], unknown, point);
    };
  Scalar sum = [](const Point&) { return Expression(0.0); };
  for (const std::size_t i : chosen_[unknown]) {
    const Conditioned& c = conditions_[unknown][i];
    sum = [this, &c, sum, unknown](const Point& point) {
      Expression out = sum(point);
      for (const Face& face : c.faces) {
        const Expression value =
            value_at(face, unknown, point.with(domain_[c.axis].name, face.place));
        out = out + polynomial(c, face, point) * (value - measure(c, face, sum, point));
      }
      return out;
    };
  }
  return sum;
}

HardConditions::Scalar HardConditions::homogeneous(std::size_t unknown,
                                                   const Solution& network) const {
  const bool several = unknowns_.size() > 1;
  Scalar out = [network, unknown, several](const Point& point) {
    const Expression all = network(point);
    return several ? all[static_cast<int>(unknown)] : all;
  };
  for (const Conditioned& c : conditions_[unknown])
    if (c.values_only())
      out = [this, &c, out](const Point& point) {
        const Expression s = unit(c, point);
        if (c.faces.size() == 2) return 4 * s * (1 - s) * out(point);
        return (c.faces[0].side == Side::lower ? s : 1 - s) * out(point);
      };
  for (const Conditioned& c : conditions_[unknown])
    if (!c.values_only())
      out = [this, &c, out](const Point& point) {
        Expression value = out(point);
        for (const Face& face : c.faces)
          value = value - polynomial(c, face, point) * measure(c, face, out, point);
        return value;
      };
  return out;
}

Solution HardConditions::around(const Solution& network) const {
  if (terms_.empty()) return network;
  // The closures below refer to the conditions: they keep their own copy alive.
  const auto own = std::make_shared<HardConditions>(*this);
  if (own->chosen_.empty()) own->choose_axes();
  const std::shared_ptr<const HardConditions> self = own;
  return [self, network](const Point& point) {
    std::vector<Expression> columns;
    for (std::size_t k = 0; k < self->unknowns_.size(); ++k)
      columns.push_back(self->interpolation(k)(point) + self->homogeneous(k, network)(point));
    return columns.size() == 1 ? columns[0] : concat(columns);
  };
}

Domain HardConditions::network_domain() const {
  Domain out;
  for (std::size_t a = 0; a < domain_.size(); ++a) {
    if (!periodic_[a]) {
      out.push_back(domain_[a]);
      continue;
    }
    out.push_back({"cos(" + domain_[a].name + ")", -1, 1});
    out.push_back({"sin(" + domain_[a].name + ")", -1, 1});
  }
  return out;
}

Point HardConditions::network_point(const Point& point) const {
  if (std::find(periodic_.begin(), periodic_.end(), true) == periodic_.end()) return point;
  std::vector<std::pair<std::string, Expression>> out;
  for (std::size_t a = 0; a < domain_.size(); ++a) {
    const auto& [name, lower, upper, closed] = domain_[a];
    if (!periodic_[a]) {
      out.emplace_back(name, point[name]);
      continue;
    }
    const Expression angle = (2 * pi / (upper - lower)) * (point[name] - lower);
    out.emplace_back("cos(" + name + ")", cos(angle));
    out.emplace_back("sin(" + name + ")", sin(angle));
  }
  return Point(std::move(out));
}

}  // namespace banach
