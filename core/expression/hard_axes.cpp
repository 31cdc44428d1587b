// SPDX-License-Identifier: Apache-2.0
// Which axes the interpolation of hard conditions has to go through, so that its cost stays within
// bounds for many of them.
#include <algorithm>
#include <cmath>

#include "core/expression/hard_conditions.hpp"

namespace banach {
namespace {

constexpr double most = 2500;  // values on faces, edges and corners

}  // namespace

bool HardConditions::vanishes(const Conditioned& c, std::size_t unknown, const Point& point) const {
  return std::all_of(c.faces.begin(), c.faces.end(), [&](const Face& face) {
    const Expression value = value_at(face, unknown, point.with(domain_[c.axis].name, face.place));
    return !value.trace() && value.constant() == 0;
  });
}

// Whether all conditions give values of the same function of the point, which then meets them all.
bool HardConditions::one_function(std::size_t unknown, const Point& point) const {
  const auto& all = conditions_[unknown];
  const Expression first = value_at(all[0].faces[0], unknown, point);
  return first.trace() && std::all_of(all.begin(), all.end(), [&](const Conditioned& c) {
           return std::all_of(c.faces.begin(), c.faces.end(), [&](const Face& face) {
             const Expression value = value_at(face, unknown, point);
             return face.alpha == 1 && face.beta == 0 && value.trace() &&
                    value.node() == first.node();
           });
         });
}

void HardConditions::choose_axes(std::size_t unknown) {
  std::vector<std::string> names;
  for (const Axis& axis : domain_) names.push_back(axis.name);
  Trace trace(names);
  Trace::Scope scope(trace);
  const Point point = trace_point(trace);
  const auto& all = conditions_[unknown];
  std::vector<std::size_t> inner, others;  // all from the first value on that is not zero; those
  double cost = 1, least = 1, calls = 1;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto count = 1 + static_cast<double>(all[i].faces.size());
    const bool zero = vanishes(all[i], unknown, point);
    if (!all[i].values_only()) calls *= count;
    if (!zero) others.push_back(i), least *= count;
    if (!zero || !inner.empty()) inner.push_back(i), cost *= count;
  }
  chosen_[unknown] = cost > most ? others : inner;
  const auto fail = [&](double number, const char* what) {
    throw ConfigError("problem.hard: the conditions on \"" + unknowns_[unknown] + "\" along " +
                      std::to_string(all.size()) + " axes take " +
                      std::to_string(std::llround(number)) + " " + what + "; at most " +
                      std::to_string(std::llround(most)) +
                      " are built in: leave some of them soft, hard = [names of the others]");
  };
  if (calls > most) fail(calls, "calls of the network (3 for every axis with derivatives)");
  if (least <= most) return;
  extended_[unknown] = one_function(unknown, point);
  if (!extended_[unknown]) fail(least, "values on faces, edges and corners");
}

const HardConditions& HardConditions::choose_axes() {
  chosen_.assign(unknowns_.size(), {});
  extended_.assign(unknowns_.size(), 0);
  for (std::size_t k = 0; k < unknowns_.size(); ++k)
    if (!conditions_[k].empty()) choose_axes(k);
  return *this;
}

void HardConditions::choose_axes_of(const HardConditions& like) {
  chosen_ = like.chosen_;
  extended_ = like.extended_;
}

}  // namespace banach
