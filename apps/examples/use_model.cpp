// SPDX-License-Identifier: Apache-2.0
// A trained run inside a C++ program: values and derivatives of the solution at points of one's
// own. Sample run: banach train heat.toml && use_model runs/heat
#include <banach/model.hpp>
#include <cstdio>
#include <exception>

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "usage: use_model RUN\n");
    return 64;
  }
  const banach::Model model = banach::Model::load(argv[1]);
  std::vector<double> middle;  // one point; more follow one another
  for (const auto& axis : model.coordinates()) middle.push_back((axis.lower + axis.upper) / 2);

  const std::vector<double> values = model.predict(middle);
  const std::string axis = model.coordinates().front().name;
  const std::vector<double> slopes = model.derivative(axis, middle);
  for (std::size_t i = 0; i < model.unknowns().size(); ++i)
    std::printf("%s = %.17g, d/d%s = %.17g\n", model.unknowns()[i].c_str(), values[i], axis.c_str(),
                slopes[i]);
  return 0;
} catch (const banach::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return static_cast<int>(error.code());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 70;
}
