// SPDX-License-Identifier: Apache-2.0
// An operator that is a recurrence, and a data set of states that follow it.
#pragma once
#include "banach/tensor_architecture.hpp"
#include "datasets/hdf5_file.hpp"
#include "tests/training/toy_run.hpp"

namespace banach {

using at::Tensor;

struct RecurrenceParameters {
  double a = 0.9, b = -0.5;
  bool delta = false, forced = false;
};
inline void describe(Schema<RecurrenceParameters>& s) {
  s.field("a", &RecurrenceParameters::a, "of the last state");
  s.field("b", &RecurrenceParameters::b, "of the state before");
  s.field("delta", &RecurrenceParameters::delta, "whether outputs are differences");
  s.field("forced", &RecurrenceParameters::forced, "whether two channels of forces come first");
}

/// u' = a u + b u_before + f, v' = u + v_before / 2 + f at every point.
class Recurrence final : public GridArchitecture {
 public:
  using Parameters = RecurrenceParameters;
  Recurrence(const Parameters& p, Builder& b)
      : GridArchitecture({b.slot("a", {1}, Init{Init::Kind::constant, 1, p.a}, 1, 1),
                          b.slot("b", {1}, Init{Init::Kind::constant, 1, p.b}, 1, 1)}),
        p_(p),
        outputs_(b.outputs()) {}

  Tensor evaluate(const GridInputs& inputs, const std::vector<Tensor>& w) const override {
    Tensor values = inputs.values, force = at::zeros({1}, values.options());
    if (p_.forced) {
      force = values.narrow(1, 1, 1);
      values = values.narrow(1, 2, 4);
    }
    const bool axis = values.dim() == 4;
    const Tensor steps =
        axis ? values.movedim(2, 1) : values.reshape({values.size(0), 2, 2, values.size(2)});
    Tensor before = steps.select(1, 0), last = steps.select(1, 1);
    const Tensor start = p_.delta ? last : at::zeros_like(last);
    std::vector<Tensor> out;
    for (int t = 0; t < (axis ? 2 : outputs_ / 2); ++t) {
      const Tensor u = w[0] * last.select(1, 0) + w[1] * before.select(1, 0);
      const Tensor v = last.select(1, 0) + 0.5 * before.select(1, 1);
      const Tensor next = at::stack({u, v}, 1) + force;
      out.push_back(next - start);
      before = last, last = next;
    }
    const Tensor all = at::stack(out, 1);
    return axis ? all.movedim(1, 2) : all.flatten(1, 2);
  }

 private:
  Parameters p_;
  int outputs_;
};

inline constexpr std::int64_t trajectory_count = 3, times = 17, points = 4, stride = 2;

/// States [trajectory, time, component, point] with this a, from the first two windows' steps on.
inline Tensor states(double a, const Tensor& start, const Tensor& force, std::int64_t from = 0) {
  Tensor z = start.clone();
  for (std::int64_t t = from + 2 * stride; t < z.size(1); ++t) {
    const Tensor last = z.select(1, t - stride), before = z.select(1, t - 2 * stride);
    const Tensor u = a * last.select(1, 0) - 0.5 * before.select(1, 0);
    const Tensor v = last.select(1, 0) + 0.5 * before.select(1, 1);
    z.select(1, t).copy_(at::stack({u, v}, 1) + force.select(1, t - stride).unsqueeze(1));
  }
  return z;
}

/// The file of three trajectories, with forces or without.
struct Data {
  Scratch folder;
  Tensor force, z;
  explicit Data(bool forced = false) {
    at::manual_seed(5);
    force = at::randn({trajectory_count, times, points}, at::kDouble) * (forced ? 1 : 0);
    z = states(0.9, at::randn({trajectory_count, times, 2, points}, at::kDouble), force);
    Hdf5Writer file(folder / "z.h5");
    add(file, "z", z);
    add(file, "f", force);
    file.commit();
  }
  static void add(Hdf5Writer& file, const std::string& name, const Tensor& values) {
    const double* first = values.data_ptr<double>();
    file.add(name, values.sizes().vec(), std::vector<double>(first, first + values.numel()));
  }
  std::string toml(const std::string& window, const std::string& architecture = "",
                   const std::string& stage = "", const std::string& variables = "") const {
    return "dtype = \"float64\"\n[architecture]\ntype = \"toy_recurrence\"\n" + architecture +
           "\n[dataset]\nfiles = [\"" + (folder / "z.h5").string() +
           "\"]\ncoords.x = { linspace = [0, 1] }\ninputs.z = { path = \"z\", axes = \"sample time "
           "comp x\" }\n" +
           variables +
           "\nsplit = { train = \"0:2\", test = \"2:\" }\nwindow = { n_in = 2, stride = 2, " +
           window + " }\nnormalisation = { inputs = \"none\", outputs = \"none\" }\n" +
           "[loss]\ntype = \"mse\"\n[[stage]]\n" +
           (stage.find("steps") == std::string::npos ? "steps = 1\n" : "") + stage;
  }
};

inline RunPlan plan_of(const std::string& text) {
  static World* const world = [] {
    auto* out = new World;  // catalogs live as long as the plans
    out->registry.architecture<Recurrence>("toy_recurrence", "");
    return out;
  }();
  return world->plan(text);
}

}  // namespace banach
