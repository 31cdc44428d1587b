// SPDX-License-Identifier: Apache-2.0
// Runs that older programs have left: tests/old_runs/<program>/make.sh says how.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "datasets/csv.hpp"
#include "datasets/hdf5_file.hpp"
#include "tests/apps/command.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::build_folder;
using testing::quoted;
using testing::Scratch;
using testing::shell;
using testing::text_of;

bool has_avx512() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

struct OldRun {
  fs::path program;  // tests/old_runs/<program>
  std::string name;
  bool stopped() const { return name.rfind("stopped_", 0) == 0; }
};

std::vector<OldRun> old_runs() {
  std::vector<OldRun> out;
  for (const auto& program :
       fs::directory_iterator(fs::path(__FILE__).parent_path() / "../old_runs"))
    if (fs::is_directory(program.path() / "runs"))
      for (const auto& run : fs::directory_iterator(program.path() / "runs"))
        out.push_back({program.path(), run.path().filename()});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::pair(a.program, a.name) < std::pair(b.program, b.name);
  });
  return out;
}

std::string title(const ::testing::TestParamInfo<OldRun>& info) {
  std::string out = info.param.program.filename().string() + "_" + info.param.name;
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !std::isalnum(c); }, '_');
  return out;
}

/// A copy of the run beside its inputs, in which commands are run: paths of the fixtures name
/// /proc/self/cwd.
class OldRuns : public ::testing::TestWithParam<OldRun> {
 protected:
  void SetUp() override {
    const auto& [program, name] = GetParam();
    fs::copy(program / "data", scratch_.path(), fs::copy_options::recursive);
    fs::copy(program / "runs" / name, scratch_ / name, fs::copy_options::recursive);
  }
  testing::Output here(const std::string& words) const {
    return shell("cd " + quoted(scratch_.path().string()) + " && " +
                 quoted((build_folder() / "bin/banach").string()) + " " + words);
  }
  fs::path expected(const std::string& ending) const {
    return GetParam().program / "expected" / (GetParam().name + ending);
  }
  bool in_double() const {
    return text_of(scratch_ / GetParam().name / "resolved.toml").find("dtype = \"float64\"") !=
           std::string::npos;
  }
  /// Instruction sets differ between machines, and with them the last digits. What is trained on
  /// from there differs a little more, and in float32 by per cents: the bases of soap turn the
  /// other way. The runs are of a machine with AVX-512. Operators of 0.1.0 continue with losses per
  /// output on scaled values, and say so.
  bool other_loss() const { return GetParam().stopped() && fs::exists(expected(".h5")); }
  double tolerance() const {
    if (other_loss()) return 0.05;
    const double loaded = in_double() ? 1e-10 : 1e-5;
    if (GetParam().stopped() && !in_double() && !has_avx512()) return 0.05;
    return GetParam().stopped() ? 100 * loaded : loaded;
  }
  void expect_near(double found, double wanted, const std::string& where) const {
    EXPECT_LE(std::abs(found - wanted), tolerance() * (1 + std::abs(wanted)))
        << where << ": " << found << " instead of " << wanted;
  }
  void expect_near(const std::vector<double>& found, const std::vector<double>& wanted,
                   const std::string& where) const {
    ASSERT_EQ(found.size(), wanted.size()) << where;
    for (std::size_t i = 0; i < wanted.size(); ++i) expect_near(found[i], wanted[i], where);
  }
  void expect_same_numbers(const json& found, const json& wanted, const std::string& where) const;
  void expect_same_results() const;

  Scratch scratch_;
};

/// At most one line: a resumed run that lacks a record says so once.
void expect_quiet(const testing::Output& output) {
  EXPECT_EQ(output.code, 0) << output.err;
  std::istringstream lines(output.err);
  int count = 0;
  for (std::string line; std::getline(lines, line);)
    count += line.find("BLAS") == std::string::npos;
  EXPECT_LE(count, 1) << output.err;
}

/// Whatever the older program has said is still said; more may be.
void OldRuns::expect_same_numbers(const json& found, const json& wanted,
                                  const std::string& where) const {
  static const std::vector<std::string> passing = {"run", "train_seconds", "stop_reason"};
  if (wanted.is_number()) {
    ASSERT_TRUE(found.is_number()) << where << ": " << found.dump();
    return expect_near(found.get<double>(), wanted.get<double>(), where);
  }
  if (!wanted.is_structured()) {
    EXPECT_EQ(found, wanted) << where;
    return;
  }
  for (const auto& [key, value] : wanted.items()) {
    if (std::find(passing.begin(), passing.end(), key) != passing.end()) continue;
    if (key == "best_step" && other_loss()) continue;
    const auto inside = where + "/" + key;
    const json nothing;
    const json& there = wanted.is_array() ? found.at(std::stoul(key)) : found.value(key, nothing);
    expect_same_numbers(there, value, inside);
  }
}

std::vector<std::string> columns_of(const fs::path& csv) {
  std::istringstream header(text_of(csv));
  std::string line, name;
  std::getline(header, line);
  std::istringstream cells(line);
  std::vector<std::string> out;
  while (std::getline(cells, name, ',')) out.push_back(name);
  return out;
}

void OldRuns::expect_same_results() const {
  const auto& name = GetParam().name;
  const std::string kind = fs::exists(expected(".h5")) ? ".h5" : ".csv";
  const auto arguments = text_of(expected(".arguments"));
  expect_quiet(here("predict " + name + " " + arguments.substr(0, arguments.find('\n')) +
                    " -o predicted" + kind));
  if (kind == ".csv") {
    const auto columns = columns_of(expected(kind));
    expect_near(read_text_table(scratch_ / "predicted.csv", columns, false).values,
                read_text_table(expected(kind), columns, false).values, "prediction");
  } else {
    const Hdf5Reader found(scratch_ / "predicted.h5"), wanted(expected(kind));
    for (const char* u : {"u/prediction", "s/prediction"})
      if (wanted.is_dataset(u)) expect_near(found.read(u), wanted.read(u), u);
  }
  const auto evaluated = here("evaluate " + name + " --json");
  expect_quiet(evaluated);
  expect_same_numbers(json::parse(evaluated.out), json::parse(text_of(expected(".json"))),
                      "evaluate");
}

TEST_P(OldRuns, LoadResumeAndGiveTheSameNumbers) {
  const auto& name = GetParam().name;
  if (GetParam().stopped()) {
    expect_quiet(here("train --resume " + name + " --quiet"));
    EXPECT_TRUE(fs::exists(scratch_ / name / "result.json"));
  }
  expect_same_results();
}

INSTANTIATE_TEST_SUITE_P(AllPrograms, OldRuns, ::testing::ValuesIn(old_runs()), title);

TEST(OldRunsOfThisFormat, AreThereInEveryKind) {
  std::vector<std::string> names;
  for (const auto& run : old_runs())
    if (run.program.filename() == "0.1.0") names.push_back(run.name);
  EXPECT_EQ(names, (std::vector<std::string>{
                       "deeponet", "fno", "function", "inverse", "random_features", "regression",
                       "second_order", "stopped_deeponet", "stopped_fno", "stopped_function",
                       "stopped_inverse", "stopped_lbfgs", "stopped_levenberg_marquardt",
                       "stopped_soap", "stopped_ssbroyden", "stopped_windows", "windows"}));
}

}  // namespace
}  // namespace banach
