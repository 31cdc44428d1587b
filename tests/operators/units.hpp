// SPDX-License-Identifier: Apache-2.0
// The same data in any units: two inputs and two outputs on a line, on a grid, on listed points.
#pragma once
#include "core/training/result.hpp"
#include "tests/operators/operator_world.hpp"

namespace banach::testing {

/// Factors of inputs, outputs and coordinates, and where outputs and coordinates begin.
struct Units {
  double a = 1, b = 1, u = 1, p = 1, x = 1, y = 1;
  double p_from = 0, x_from = 0, y_from = 0;
};
inline Units all_by(double factor) { return {factor, factor, factor, factor, factor, factor}; }

struct UnitsWorld : OperatorWorld {
  UnitsWorld() {
    for (const char* name :
         {"architecture.fno.so", "architecture.deeponet.so", "architecture.pod.so"})
      plugins.load(PluginManager::search_path().back() / name);
  }
  static const UnitsWorld& get() {
    static const UnitsWorld world;
    return world;
  }
};

enum class Places { line, plane, points };

/// 12 samples in folder/units.h5. Coordinates are multiples of 1/8: exact after any shift.
class UnitsData {
 public:
  UnitsData(const Units& units, Places places) : units_(units), places_(places) {
    for (std::int64_t j = 0; j < (places == Places::plane ? 6 : 9); ++j)
      x_.push_back(0.125 * static_cast<double>(j));
    for (std::int64_t j = 0; j < 5; ++j) y_.push_back(0.25 * static_cast<double>(j));
    write();
  }
  /// A configuration; `rest` follows the table of the stage.
  std::string toml(const std::string& dtype, const std::string& architecture,
                   const std::string& stage, const std::string& rest,
                   const std::string& data = "") const {
    const std::string file = (folder_ / "units.h5").string(), axes = "sample " + axes_text();
    std::string out = "dtype = \"" + dtype + "\"\n[dataset]\nfiles = \"" + file + "\"\n";
    for (const std::string name : {"inputs.a", "inputs.b", "outputs.u", "outputs.p"})
      out += name + " = { path = \"" + name.substr(name.size() - 1) + "\", axes = \"" + axes +
             "\" }\n";
    if (places_ == Places::points)
      out += "coords.points = { path = \"places\", axes = \"point dim\" }\nweights = \"sizes\"\n";
    else
      out += "coords.x = \"x\"\n";
    if (places_ == Places::plane) out += "coords.y = \"y\"\n";
    return out + data + "split = { train = \"0:8\", validation = \"8:10\", test = \"10:12\" }\n" +
           architecture + "[[stage]]\n" +
           (stage.find("batch") == std::string::npos ? "batch = 4\n" : "") + stage +
           "\n[validation]\nevery = 10\n" + rest;
  }
  RunPlan plan(const std::string& dtype, const std::string& architecture, const std::string& stage,
               const std::string& rest, const std::string& data = "") const {
    return UnitsWorld::get().plan(toml(dtype, architecture, stage, rest, data));
  }

 private:
  std::string axes_text() const {
    return places_ == Places::line ? "x" : places_ == Places::plane ? "x y" : "point";
  }
  void write() {
    std::vector<std::pair<double, double>> places;
    if (places_ == Places::plane)
      for (const double x : x_)
        for (const double y : y_) places.emplace_back(x, y);
    else
      for (const double x : x_) places.emplace_back(x, 0.25 * std::fmod(7 * x, 2.0));
    Shape shape{12};
    if (places_ == Places::plane)
      shape.insert(shape.end(), {6, 5});
    else
      shape.push_back(9);
    Hdf5Writer file(folder_ / "units.h5");
    const auto add = [&](const char* name, double factor, double from, const auto& f) {
      std::vector<double> values;
      for (int i = 0; i < 12; ++i)
        for (const auto& [x, y] : places) values.push_back(from + factor * f(0.7 * i, x + 0.3 * y));
      file.add<double>(name, shape, values);
    };
    add("a", units_.a, 0, [](double s, double x) { return std::sin(s + 3 * x); });
    add("b", units_.b, 0, [](double s, double x) { return 2 + std::cos(2 * s - x); });
    add("u", units_.u, 0, [](double s, double x) { return 0.2 + std::cos(s + 3 * x); });
    add("p", units_.p, units_.p_from,
        [](double s, double x) { return 3 + std::sin(s + 3 * x) * std::cos(2 * s - x); });
    write_places(file, places);
    file.commit();
  }
  void write_places(Hdf5Writer& file, const std::vector<std::pair<double, double>>& places) const {
    const auto at = [](double from, double factor, double value) { return from + factor * value; };
    if (places_ == Places::points) {
      std::vector<double> all, sizes;
      for (const auto& [x, y] : places) {
        all.push_back(at(units_.x_from, units_.x, x)),
            all.push_back(at(units_.y_from, units_.y, y));
        sizes.push_back(1 + x);
      }
      file.add<double>("places", {9, 2}, all);
      file.add<double>("sizes", {9}, sizes);
      return;
    }
    std::vector<double> x, y;
    for (const double value : x_) x.push_back(at(units_.x_from, units_.x, value));
    for (const double value : y_) y.push_back(at(units_.y_from, units_.y, value));
    file.add<double>("x", {static_cast<std::int64_t>(x.size())}, x);
    if (places_ == Places::plane) file.add<double>("y", {static_cast<std::int64_t>(y.size())}, y);
  }

  Units units_;
  Places places_;
  Scratch folder_;
  std::vector<double> x_, y_;
};

inline const std::string small_fno =
    "[architecture]\ntype = \"fno\"\nwidth = 4\nmodes = [2]\ndepth = 2\nprojection = 6\n";
inline const std::string small_deeponet =
    "[architecture]\ntype = \"deeponet\"\nlatent = 4\nwidth = 6\ndepth = 1\n";
inline const std::string pod_deeponet = small_deeponet + "trunk = { type = \"pod\", modes = 2 }\n";

/// What a training leaves.
struct Trained {
  at::Tensor parameters;
  double best = 0, mae_p = 0, error_u = 0;
  std::int64_t best_step = 0;
};
inline Trained train(RunPlan plan) {
  const Scratch folder;
  Log log{true};
  Trainer trainer(plan, folder.path(), log, {});
  trainer.start(initial_state(plan), false);
  EXPECT_TRUE(trainer.run().finished());
  const Measurement found = trainer.final_measurement();
  const RunState& state = trainer.state();
  return {trainer.capture().parameters, state.best.value_or(-1), found.unknowns.at(0).mae,
          found.unknowns.at(1).relative_l2, state.best_step};  // of p and u, in the order of names
}

/// The loss of the first batch and its gradient.
struct FirstStep {
  double loss = 0;
  at::Tensor gradient;
};
inline FirstStep first_step(const RunPlan& plan) {
  const RunState state = initial_state(plan);
  OperatorObjective objective(plan, 0, state.parameters, state.buffers);
  objective.begin_step(1, 0, 0);
  const Evaluation found = objective.gradient();
  return {found.loss.item<double>(), found.gradient.to(at::kDouble).clone()};
}

}  // namespace banach::testing
