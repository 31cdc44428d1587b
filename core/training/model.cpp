// SPDX-License-Identifier: Apache-2.0
#include "banach/model.hpp"

#include <fmt/format.h>

#include <map>

#include "core/training/known_solution.hpp"
#include "core/training/recorded_function.hpp"
#include "core/training/run_loader.hpp"

namespace banach {

struct Model::Impl {
  LoadedRun run;
  std::unique_ptr<RecordedFunction> solution;
  std::function<void(const double*, std::int64_t, double*)> exact;
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<RecordedFunction>> derivatives;

  const Experiment& experiment() const { return run.plan.experiment; }
  std::int64_t outputs() const { return static_cast<std::int64_t>(experiment().unknowns.size()); }
  std::unique_ptr<RecordedFunction> function(Recorded recorded,
                                             std::vector<UnknownScale> scales) const {
    return std::make_unique<RecordedFunction>(experiment().network, Derivatives::exact,
                                              std::move(recorded), experiment().origins, outputs(),
                                              std::move(scales), run.banks);
  }
  const RecordedFunction& derivative(const std::string& by) {
    const std::lock_guard<std::mutex> lock(mutex);
    auto& known = derivatives[by];
    if (known) return *known;
    const Term term = interior("derivative " + by, [by](const Field& u) { return u.all().d(by); });
    const Experiment& e = experiment();
    auto slopes = e.scales;
    for (auto& unknown : slopes) unknown.shift = 0;
    known = function(record_term(e, term, in_scales(e, e.trained)), std::move(slopes));
    return *known;
  }
  template <class F>
  std::vector<double> evaluate(const F& f, const std::vector<double>& points) const {
    const std::size_t axes = experiment().domain.size();
    if (points.size() % axes != 0)
      throw DataError(fmt::format("{} numbers are no points: every point has {} coordinates ({})",
                                  points.size(), axes, names()));
    const auto count = static_cast<std::int64_t>(points.size() / axes);
    std::vector<double> out(static_cast<std::size_t>(count * outputs()));
    f(points.data(), count, out.data());
    return out;
  }
  std::string names() const {
    std::vector<std::string> out;
    for (const auto& axis : experiment().domain) out.push_back(axis.name);
    return join(out);
  }
};

Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Model Model::load(const std::filesystem::path& run, const LoadOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->run = load_run(run, options);
  if (impl->experiment().data)
    throw ConfigError(run.string() +
                      ": the run has learnt an operator, which takes functions, not points: banach "
                      "predict RUN --data new.h5 --out out.h5");
  impl->solution = impl->function(impl->experiment().solution, impl->experiment().scales);
  impl->exact = known_solution(impl->experiment());
  return Model(std::move(impl));
}

const Domain& Model::coordinates() const { return impl_->experiment().domain; }
const Unknowns& Model::unknowns() const { return impl_->experiment().unknowns; }

std::vector<double> Model::predict(const std::vector<double>& points) const {
  return impl_->evaluate(*impl_->solution, points);
}

void Model::predict(const double* points, std::int64_t count, double* out) const {
  (*impl_->solution)(points, count, out);
}

std::vector<double> Model::derivative(const std::string& by,
                                      const std::vector<double>& points) const {
  return impl_->evaluate(impl_->derivative(by), points);
}

bool Model::has_exact() const { return static_cast<bool>(impl_->exact); }

std::vector<double> Model::exact(const std::vector<double>& points) const {
  if (!impl_->exact) throw ConfigError("the problem of this run has no exact solution");
  return impl_->evaluate(impl_->exact, points);
}

std::vector<std::pair<std::string, double>> Model::coefficients() const {
  std::vector<std::pair<std::string, double>> out;
  for (const auto& [coefficient, value] : found_coefficients(impl_->run))
    out.emplace_back(coefficient.name(), value);
  return out;
}

std::string Model::problem() const { return impl_->run.plan.configuration.problem.text("type"); }
std::int64_t Model::step() const { return impl_->run.state.step; }
const std::vector<std::string>& Model::notices() const { return impl_->run.notices; }

}  // namespace banach
