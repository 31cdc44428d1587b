// SPDX-License-Identifier: Apache-2.0
#include "core/training/problem_notices.hpp"

#include <ATen/ATen.h>

#include "core/training/points.hpp"

namespace banach {

std::vector<char> cone_of(const Trace& trace, int root, bool conditions) {
  std::vector<char> out(static_cast<std::size_t>(root) + 1, 0);
  out.back() = 1;
  for (std::size_t i = out.size(); i-- > 0;) {
    const Node& n = trace.nodes()[i];
    for (std::size_t k = 0; out[i] && k < n.in.size(); ++k)
      if (conditions || n.op != Op::select || k > 0) out[static_cast<std::size_t>(n.in[k])] = 1;
  }
  return out;
}

at::Tensor node_values(const Experiment& e, const std::shared_ptr<const Trace>& trace, int node,
                       const PointSet& set, const Bank& bank) {
  const at::NoGradGuard no_grad;
  Evaluator evaluator(e.network);
  evaluator.add(trace, node);
  const at::Tensor out = evaluator.evaluate({bank}, {set})[0];
  return out.reshape({-1, out.size(-1)}).to(at::kDouble);
}

std::string point_text(const Experiment& e, const at::Tensor& points, std::int64_t row) {
  std::vector<std::string> names;
  for (const Axis& axis : e.domain) names.push_back(axis.name);
  return place_text(names, e.origins, points[row]);
}

std::vector<std::string> problem_notices(const Experiment& e) {
  std::vector<std::string> out;
  if (!e.truth) return out;
  for (const auto& part : {occurrence_notices(e), exact_notices(e), jump_notices(e)})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace banach
