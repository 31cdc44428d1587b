// SPDX-License-Identifier: Apache-2.0
// The TOML of a sweep or a search.
#pragma once
#include "core/study/overrides.hpp"
#include "core/study/pruner.hpp"

namespace banach {

/// What [sweep] and [tune] have in common.
struct StudyParameters {
  std::string base;  // absolute
  Table fixed;
  std::int64_t jobs = 1;
  std::optional<std::int64_t> seed;
  std::optional<double> timeout, seconds;
};

struct SweepParameters : StudyParameters {
  Table grid;
  std::vector<Table> list;
  std::int64_t repeats = 1;
};

struct TuneParameters : StudyParameters {
  Table space;
  std::string sampler = "tpe";
  PrunerParameters pruner;
  std::string metric = "score";
  std::int64_t trials = 100;
};

struct StudyOutput {
  std::string dir = "runs";
};

/// A study file; P is SweepParameters or TuneParameters.
template <class P>
struct StudyFile {
  std::string name;
  StudyOutput output;
  P study;
  Source base_source, metric_source;
  std::vector<Override> fixed;  // of every trial

  /// <output.dir>/<name>
  std::string path() const { return output.dir + "/" + name; }
};

void describe(Schema<StudyOutput>& s);
BANACH_API void describe(Schema<SweepParameters>& s);
BANACH_API void describe(Schema<TuneParameters>& s);

/// Every key of the files of `banach sweep` and `banach tune`.
BANACH_API std::vector<ParameterInfo> sweep_file_parameters();
BANACH_API std::vector<ParameterInfo> tune_file_parameters();

/// One combination of a sweep.
struct SweepPoint {
  std::string label;  // the name of the list entry, and what else is set
  std::vector<Override> overrides;
};

struct SweepFile : StudyFile<SweepParameters> {
  std::vector<SweepPoint> points;  // list times grid, the last key of the grid fastest
};
struct TuneFile : StudyFile<TuneParameters> {
  Space space;
  bool metric_given = false;
};

/// Reads the table of a study file. ConfigError with all problems, each with its place.
BANACH_API SweepFile read_sweep(const Table& table);
BANACH_API TuneFile read_tune(const Table& table);

/// The base configuration under these overrides; `place`: where the study names it. Errors have the
/// place where the study says what is wrong.
BANACH_API Table configured(const std::string& base, const std::vector<Override>& overrides,
                            const Source& place = {});
/// Texts that blame an override on the command line blame the place in the study instead.
BANACH_API std::string with_places(std::string text, const std::vector<Override>& overrides);

}  // namespace banach
