// SPDX-License-Identifier: Apache-2.0
// Small operators of two steps, and files on other points for them.
#pragma once
#include <cmath>

#include "datasets/hdf5_file.hpp"
#include "tests/apps/command.hpp"

namespace banach::testing {

namespace fs = std::filesystem;
using Numbers = std::vector<double>;

inline Numbers from(double first, double step, std::int64_t count) {
  Numbers out;
  for (std::int64_t i = 0; i < count; ++i) out.push_back(first + step * static_cast<double>(i));
  return out;
}

inline Numbers reversed(Numbers values) { return {values.rbegin(), values.rend()}; }

inline double input(std::int64_t sample, double x) {
  return std::cos(2 * M_PI * x) + 0.1 * static_cast<double>(sample) * std::sin(2 * M_PI * x);
}

// Functions a and u = 2 a of every sample at the points x; `outputs`: whether u is there.
inline void write_functions(const fs::path& path, const Numbers& x, bool outputs = true,
                            const std::string& out = "u") {
  Numbers a, u;
  for (std::int64_t i = 0; i < 12; ++i)
    for (const double at : x) a.push_back(input(i, at)), u.push_back(2 * input(i, at));
  Hdf5Writer file(path);
  const auto n = static_cast<std::int64_t>(x.size());
  file.add<double>("a", {12, n}, a);
  if (outputs) file.add<double>(out, {12, n}, u);
  file.add<double>("x", {n}, x);
  file.commit();
}

inline const std::string fno =
    "[architecture]\ntype = \"fno\"\nwidth = 4\nmodes = [4]\ndepth = 1\n";
inline const std::string deeponet =
    "[architecture]\ntype = \"deeponet\"\nlatent = 8\nbranch = { type = \"mlp\", width = 8, depth "
    "= "
    "1 }\ntrunk = { type = \"mlp\", width = 8, depth = 1 }\n";

class Coordinates : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (scratch_ / name).string(); }

  // A configuration of two steps on train.h5; the name of the output is that of its dataset.
  std::string toml(const std::string& architecture, const std::string& output = "u",
                   const std::string& more = "") const {
    return "name = \"run\"\nthreads = 1\n[dataset]\nfiles = \"train.h5\"\ninputs.a = { path = "
           "\"a\", "
           "axes = \"sample x\" }\noutputs." +
           output + " = { path = \"" + (output == "x" ? "y" : output) +
           "\", axes = \"sample x\" }\ncoords.x = \"x\"\nsplit = { train = \":8\", validation = "
           "\"8:10\", test = \"10:\" }\n" +
           more + architecture + "[[stage]]\nsteps = 2\nbatch = 4\n";
  }
  Output train(const std::string& text) const {
    std::ofstream(scratch_ / "case.toml") << text;
    return banach("train " + quoted(path("case.toml")) + " --quiet --out " + quoted(path("run")));
  }
  void trained(const std::string& text) const {
    const auto output = train(text);
    ASSERT_EQ(output.code, 0) << output.err;
  }
  Output predict(const std::string& file, const std::string& to = "out.h5") const {
    return banach("predict " + quoted(path("run")) + " --data " + quoted(path(file)) +
                  " --force -o " + quoted(path(to)));
  }
  Numbers predicted(const std::string& file, const std::string& to, const std::string& what) const {
    const auto output = predict(file, to);
    EXPECT_EQ(output.code, 0) << output.err;
    return Hdf5Reader(scratch_ / to).read(what);
  }
  bool nothing_is_left() const {
    for (const auto& entry : fs::directory_iterator(scratch_.path()))
      if (const auto name = entry.path().filename().string();
          name.rfind("out", 0) == 0 || name.rfind(".tmp", 0) == 0)
        return false;
    return true;
  }
  Scratch scratch_;
};

}  // namespace banach::testing
