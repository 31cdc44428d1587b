// SPDX-License-Identifier: Apache-2.0
#include "core/study/journal.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/study/search.hpp"
#include "core/study/study_directory.hpp"
#include "tests/run/scratch.hpp"
#include "tests/study/search_toy.hpp"

namespace banach {
namespace {

using nlohmann::json;
using testing::error_of;
using testing::Scratch;
using testing::text_of;

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST(Journal, KeepsWhatWasAppended) {
  const Scratch scratch;
  const auto path = scratch / "trials.jsonl";
  {
    Journal journal(scratch.path(), path.filename());
    journal.append({{"a", 1}});
    journal.append({{"b", "x\ny"}});
  }
  EXPECT_EQ(text_of(path), "{\"a\":1}\n{\"b\":\"x\\ny\"}\n");
  const Journal again(scratch.path(), path.filename());
  ASSERT_EQ(again.records().size(), 2u);
  EXPECT_EQ(again.records()[1].at("b"), "x\ny");
}

TEST(Journal, TornLastLineIsDroppedAtEveryLength) {
  const Scratch scratch;
  const auto path = scratch / "trials.jsonl";
  const std::vector<std::string> lines = {"{\"a\":1}\n", "{\"b\":[1,2]}\n", "{\"c\":{\"d\":2}}\n"};
  const std::string whole = lines[0] + lines[1] + lines[2];
  for (std::size_t length = lines[0].size(); length <= whole.size(); ++length) {
    write(path, whole.substr(0, length));
    std::size_t kept = 1;
    if (length >= lines[0].size() + lines[1].size()) ++kept;
    if (length == whole.size()) ++kept;
    Journal journal(scratch.path(), path.filename());
    EXPECT_EQ(journal.records().size(), kept) << length;
    journal.append({{"e", 3}});
    std::string expected;
    for (std::size_t i = 0; i < kept; ++i) expected += lines[i];
    EXPECT_EQ(text_of(path), expected + "{\"e\":3}\n") << length;
  }
}

TEST(Journal, DamageInTheMiddleIsAnError) {
  const Scratch scratch;
  const auto path = scratch / "trials.jsonl";
  write(path, "{\"a\":1}\nnonsense\n{\"b\":2}\n");
  const auto [code, text] = error_of([&] { Journal journal(scratch.path(), path.filename()); });
  EXPECT_EQ(code, 65);
  EXPECT_EQ(text, path.string() + ":2: damaged: no JSON object; mend or remove this line");
}

TEST(Journal, InvalidUtf8InAnErrorTextDoesNotEndTheStudy) {
  const Scratch scratch;
  Journal journal(scratch.path(), "trials.jsonl");
  journal.append({{"error", "\xff"}});
  EXPECT_EQ(Journal(scratch.path(), "trials.jsonl").records().size(), 1u);
}

// A search whose trials are the toy; `more` trials at most in this call.
void search_on(const std::filesystem::path& path, const std::string& sampler, int total) {
  Journal journal(path.parent_path(), path.filename());
  PrunerParameters pruner;
  pruner.type = "median", pruner.startup = 3;
  Search search({testing::toy_space(), sampler, pruner, "validation_loss", 7}, journal);
  const auto train = [&search](std::int64_t number) {
    const double value = testing::toy(search.trials()[static_cast<std::size_t>(number)].point);
    TrialOutcome outcome;
    outcome.state = number == 5 ? "failed" : "complete";
    outcome.metrics = {{"validation_loss", value}, {"steps", 30}};
    for (const std::int64_t step : {10, 20, 30})
      if (search.report(number, step, value + 1.0 / static_cast<double>(step))) break;
    search.end(number, outcome);
  };
  for (const auto number : search.open()) train(number);
  while (static_cast<int>(search.trials().size()) < total) train(search.begin().number);
}

// Cut at every byte of its last two lines, a journal leads to the same search again.
TEST(Journal, SearchGoesOnFromEveryByteAsIfNothingHadHappened) {
  for (const char* sampler : {"tpe", "random", "sobol"}) {
    const Scratch scratch;
    search_on(scratch / "whole", sampler, 24);
    const std::string whole = text_of(scratch / "whole");
    EXPECT_NE(whole.find("\"pruned\""), std::string::npos);
    std::vector<std::size_t> ends = {0};
    for (std::size_t i = 0; i < whole.size(); ++i)
      if (whole[i] == '\n') ends.push_back(i + 1);
    ASSERT_EQ(ends.size(), 49u);
    const std::size_t stride = std::string(sampler) == "tpe" ? 1 : 37;
    for (std::size_t cut = ends[46]; cut < whole.size(); cut += stride) {
      write(scratch / "cut", whole.substr(0, cut));
      search_on(scratch / "cut", sampler, 24);
      ASSERT_EQ(text_of(scratch / "cut"), whole) << sampler << " cut at " << cut;
    }
    for (std::size_t i = 0; i < ends.size(); i += 8) {
      write(scratch / "cut", whole.substr(0, ends[i]));
      search_on(scratch / "cut", sampler, 24);
      ASSERT_EQ(text_of(scratch / "cut"), whole) << sampler << " cut after record " << i;
    }
  }
}

TEST(Search, RecordOfAnotherSpaceIsRefused) {
  const Scratch scratch;
  write(scratch / "j",
        "{\"type\":\"begin\",\"trial\":0,\"seed\":1,\"point\":[1.0],\"overrides\":[]}\n");
  Journal journal(scratch.path(), "j");
  const auto [code, text] = error_of([&] {
    Search({testing::toy_space(), "tpe", {}, "validation_loss", 0}, journal);
  });
  EXPECT_EQ(code, 65);
  EXPECT_EQ(text, "trials.jsonl: damaged record: it is no trial of this search");
}

TEST(Search, ATrialThatAFullDiskTookIsTrainedOn) {
  const Scratch scratch;
  const SearchSettings settings{testing::toy_space(), "random", {}, "validation_loss", 0};
  TrialOutcome lost, wild;
  lost.state = wild.state = "failed", lost.code = 74, wild.code = 76;
  {
    Journal journal(scratch.path(), "j");
    Search search(settings, journal);
    search.begin(), search.begin();
    search.end(0, lost);
    search.end(1, wild);
    EXPECT_TRUE(search.open().empty());  // the disk is still full
  }
  Journal journal(scratch.path(), "j");
  Search search(settings, journal);
  EXPECT_EQ(search.open(), std::vector<std::int64_t>{0});
  TrialOutcome outcome;
  outcome.state = "complete", outcome.metrics = {{"validation_loss", 1}};
  search.end(0, outcome);
  Journal again(scratch.path(), "j");
  EXPECT_TRUE(Search(settings, again).open().empty());
}

TEST(Search, MissingMetricIsAFailure) {
  const Scratch scratch;
  Journal journal(scratch.path(), "j");
  Search search({testing::toy_space(), "random", {}, "u.mae", 0}, journal);
  search.begin();
  TrialOutcome outcome;
  outcome.state = "complete", outcome.metrics = {{"validation_loss", 1}};
  search.end(0, outcome);
  EXPECT_EQ(search.trials()[0].outcome.state, "failed");
  EXPECT_EQ(search.trials()[0].outcome.error, "u.mae is missing or not finite");
  EXPECT_EQ(search.best(), nullptr);
}

TEST(Search, SobolSpreadsBetterThanRandom) {
  const Scratch scratch;
  Journal journal(scratch.path(), "j");
  Search search({testing::toy_space(), "sobol", {}, "validation_loss", 1}, journal);
  std::vector<int> boxes(8);
  for (int k = 0; k < 64; ++k) {
    const auto& p = search.begin().point;
    ++boxes[static_cast<std::size_t>((p[1] > 256 ? 1 : 0) + (p[2] > 25500 ? 2 : 0) +
                                     (std::log10(p[0]) > -2.5 ? 4 : 0))];
  }
  for (const int count : boxes) EXPECT_EQ(count, 8);
}

TEST(StudyDirectory, RefusesForeignFoldersAndSecondHolders) {
  const Scratch scratch;
  write(scratch / "file", "x");
  EXPECT_EQ(error_of([&] { StudyDirectory d(scratch.path()); }).second,
            scratch.path().string() +
                ": the folder holds other files and is no study; choose another with --out");
  EXPECT_EQ(error_of([&] { StudyDirectory d(scratch / "file"); }).second,
            (scratch / "file").string() + ": exists and is not a folder");
  const StudyDirectory held(scratch / "study");
  const auto [code, text] = error_of([&] { StudyDirectory d(scratch / "study"); });
  EXPECT_EQ(code, 73);
  EXPECT_NE(text.find("the study is in use by pid"), std::string::npos) << text;
}

TEST(StudyDirectory, FolderWithoutADefinitionIsABeginning) {
  const Scratch scratch;
  { const StudyDirectory killed(scratch / "study"); }
  const StudyDirectory study(scratch / "study");
  EXPECT_FALSE(study.begun());
  study.define("x = 1\n");
  EXPECT_TRUE(study.begun());
}

TEST(StudyDirectory, ClearLeavesAnEmptyStudy) {
  const Scratch scratch;
  const StudyDirectory study(scratch / "study");
  study.define("x = 1\n");
  write(study.path() / StudyDirectory::journal_name, "{}\n");
  std::filesystem::create_directories(study.run("point-000-seed-0"));
  EXPECT_TRUE(study.begun());
  study.clear();
  EXPECT_FALSE(study.begun());
  EXPECT_FALSE(std::filesystem::exists(study.path() / StudyDirectory::journal_name));
  EXPECT_FALSE(std::filesystem::exists(study.run("point-000-seed-0")));
}

}  // namespace
}  // namespace banach
