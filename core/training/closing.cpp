// SPDX-License-Identifier: Apache-2.0
#include "core/training/closing.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/run/metrics_log.hpp"

namespace banach {
namespace {

constexpr double far = 100;  // from the points that were trained on to others

void compare_losses(const Closing& c, std::vector<std::string>& out) {
  if (!(c.end.loss > c.start_loss)) return;
  out.push_back(fmt::format(
      "the training ended at a validation loss of {:.3g}, above the {:.3g} of the "
      "untrained network: try a smaller lr (now {}), a bound of the gradient (clip = {{ "
      "norm = 1 }}) or another optimizer",
      c.end.loss, c.start_loss, shortest(c.lr)));
}

// What is small by rounding alone on its own points tells nothing.
void compare_residuals(const Closing& c, std::vector<std::string>& out) {
  for (const auto& [term, own] : c.own) {
    const auto fresh = c.fresh.find(term), start = c.start.find(term);
    if (fresh == c.fresh.end()) continue;
    const double scale = start == c.start.end() ? 0 : start->second;
    const double least = std::max(own, 100 * c.epsilon * (std::isfinite(scale) ? scale : 0));
    if (!(fresh->second > far * least)) continue;
    const std::string times = own > 0 ? fmt::format("{:.3g} times ", fresh->second / own) : "";
    out.push_back(fmt::format(
        "the residual of \"{}\" is {:.3g} on fresh points, {}the {:.3g} on those it was trained "
        "on: "
        "they are fitted and what lies between is not; take more of them, draw new ones "
        "(sampling.refresh = 1) or take a smaller network",
        term, fresh->second, times, own));
  }
  if (c.end.loss > far * c.own_loss)
    out.push_back(fmt::format(
        "the loss of samples that were not trained on is {:.3g}, {:.3g} times that of training "
        "samples: the network knows those by heart; take more samples, a smaller network, or "
        "weight decay (optimizer = \"adamw\")",
        c.end.loss, c.end.loss / c.own_loss));
}

void compare_with_zero(const Closing& c, std::vector<std::string>& out) {
  for (const auto& u : c.end.unknowns)
    if (u.relative_l2 >= 1)
      out.push_back(
          fmt::format("{} has a relative L2 error of {:.3g}: it is no better than zero everywhere",
                      u.name, u.relative_l2));
}

}  // namespace

std::vector<std::string> remarks(const Closing& closing) {
  std::vector<std::string> out;
  compare_losses(closing, out);
  compare_residuals(closing, out);
  compare_with_zero(closing, out);
  return out;
}

}  // namespace banach
