// SPDX-License-Identifier: Apache-2.0
#include "tests/boundary/bases.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/parameters/toml.hpp"
#include "core/parameters/write_toml.hpp"
#include "tests/apps/command.hpp"

namespace banach::testing {
namespace {

using Json = nlohmann::json;

const char* const function_text = R"(
seed = 1
sampling = { points = 8, refresh = 0 }
evaluate.grid = { x = 5, t = 5 }
validation = { points = 8, grid = { x = 4, t = 4 } }
[problem]
type = "heat"
[architecture]
type = "mlp"
width = 4
depth = 1
[[stage]]
steps = 2
[observations.probe.synthetic]
points = { x = 3, t = 3 }
)";

const char* const operator_text = R"(
seed = 1
[dataset]
inputs.u = { path = "u", axes = "sample x" }
outputs.s = { path = "s", axes = "sample x" }
coords.x = "x"
split = { train = 0.6, validation = 0.2, test = 0.2 }
[dataset.generate]
type = "antiderivative"
samples = 10
points = 16
[architecture]
type = "deeponet"
latent = 4
width = 4
depth = 1
[[stage]]
steps = 2
batch = 3
)";

Table table_of(const std::string& text) { return parse_toml(text, "base"); }

// Few samples in a file of the scratch folder, small steps.
void shrink(Table& table, const Scratch& scratch, const std::string& name) {
  if (table.find("dataset")) {
    set_key(table, "dataset.files", (scratch / (name + ".h5")).string());
    set_key(table, "dataset.generate.samples", 10);
    set_key(table, "dataset.split", parse_toml("train = 0.6\nvalidation = 0.2\ntest = 0.2", ""));
    set_key(table, "stage.0.batch", 3);
  }
  set_key(table, "output.dir", scratch.path().string());
}

// What a required parameter may be.
Value filled(const Json& info) {
  const std::string type = info["type"];
  if (type == "integer") return 1;
  if (type == "list of integer") return Value::List{Value(1)};
  if (type == "list of text") return Value::List{Value("x")};
  return 1.0;
}

// The table of an entry, with what is required.
Table entry_table(const Json& entry) {
  Table out;
  out.set("type", entry["name"].get<std::string>());
  for (const auto& info : entry["parameters"])
    if (info["required"]) out.set(info["name"].get<std::string>(), filled(info));
  return out;
}

class Maker {
 public:
  Maker(const Door& door, const Scratch& scratch) : door_(door), scratch_(scratch) {
    functions_ = table_of(function_text), operators_ = table_of(operator_text);
    shrink(functions_, scratch, "functions"), shrink(operators_, scratch, "operators");
    for (const char* folder : {"plugins/problems", "plugins/operators"})
      for (const auto& file :
           std::filesystem::directory_iterator(std::filesystem::path(BANACH_SOURCE) / folder))
        if (file.path().extension() == ".toml") {
          examples_.push_back(load_configuration(file.path().string()));
          shrink(examples_.back(), scratch, file.path().stem().string());
        }
  }

  std::optional<Base> make(const Json& entry) {
    const std::string kind = entry["kind"], name = entry["name"];
    if (kind == "configuration") return std::nullopt;
    if (kind == "generator") return generator(entry);
    for (const auto& [table, prefix] : candidates(entry)) {
      Base base{"train", kind + "." + name, table, {}};
      if (enter(door_, scratch_, base.command, base.table).code != 0) continue;
      for (const auto& info : entry["parameters"]) add(base, prefix, info);
      return base;
    }
    ADD_FAILURE() << "no configuration holds for " << kind << " " << name;
    return std::nullopt;
  }

  // The tables of one kind of file, tried in a configuration of functions and in one of operators.
  std::vector<Base> files(const Json& entry) {
    std::vector<Base> out;
    const std::string command = entry["name"];
    if (command == "train") {
      out = {{command, "functions", functions_, {}}, {command, "operators", operators_, {}}};
    } else {
      std::ofstream(scratch_ / "base.toml") << write_toml(functions_);
      out = {{command, command, study(command), {}}};
    }
    for (auto& base : out)
      for (const auto& info : entry["parameters"]) add(base, "", info);
    return out;
  }

 private:
  using Candidates = std::vector<std::pair<Table, std::string>>;

  Candidates candidates(const Json& entry) const {
    const std::string kind = entry["kind"], name = entry["name"];
    Candidates out;
    const auto with = [&](Table table, const std::string& path, const Value& value,
                          const std::string& prefix) {
      set_key(table, path, value);
      out.emplace_back(std::move(table), prefix);
    };
    if (kind == "sampler") with(functions_, "sampling.method", name, "sampling.");
    if (kind == "optimizer") with(functions_, "stage.0.optimizer", name, "stage.0.");
    if (kind == "schedule")
      with(functions_, "stage.0.schedule", entry_table(entry), "stage.0.schedule.");
    if (kind == "problem") {
      for (const Table& example : examples_)
        if (const Table* table = problem_of(example); table && table->text("type") == name)
          out.emplace_back(example, "problem.");
      for (const Table& example : operator_examples())
        with(example, "problem", entry_table(entry), "problem.");
    }
    if (kind == "architecture") add_architectures(entry, with);
    return out;
  }

  template <class With>
  void add_architectures(const Json& entry, const With& with) const {
    Table own = entry_table(entry), inner = table_of("type = \"mlp\"\nwidth = 4\ndepth = 1");
    with(functions_, "architecture", own, "architecture.");
    with(operators_, "architecture", own, "architecture.");
    for (const char* part : {"branch", "trunk"}) {
      Table small = own;
      for (const auto& info : entry["parameters"])
        if (info["name"] == "modes") small.set("modes", 4);  // as many as features of the branch
      with(operators_, std::string("architecture.") + part, small,
           std::string("architecture.") + part + ".");
    }
    Table nested = own;
    nested.set("network", inner), nested.set("levels", 1);
    with(functions_, "architecture", nested, "architecture.");
  }

  static const Table* problem_of(const Table& table) {
    const Value* problem = table.find("problem");
    return problem ? problem->get<Table>() : nullptr;
  }

  std::vector<Table> operator_examples() const {
    std::vector<Table> out;
    for (const Table& example : examples_)
      if (example.find("dataset")) out.push_back(example);
    return out;
  }

  Base generator(const Json& entry) const {
    Base base{"generate", "generator." + entry["name"].get<std::string>(), {}, {}};
    base.table.set("generator", entry_table(entry));
    for (const auto& info : entry["parameters"]) add(base, "generator.", info);
    return base;
  }

  Table study(const std::string& command) const {
    const std::string base = "base = \"" + (scratch_ / "base.toml").string() + "\"\n";
    if (command == "sweep")
      return table_of("[sweep]\n" + base +
                      "grid = { \"stage.0.lr\" = [1e-3] }\nlist = [{ \"stage.0.steps\" = 3 }]");
    if (command == "tune")
      return table_of("[tune]\n" + base +
                      "space.rate = { key = \"stage.0.lr\", uniform = [1e-3, 1e-2] }");
    return table_of("[generator]\ntype = \"antiderivative\"");
  }

  // The key and those inside of it.
  void add(Base& base, const std::string& prefix, const Json& info) const {
    if (info["name"] == "<name>" && info["children"].empty()) return;  // of a catalog entry
    const std::string name = info["name"];
    std::string path = prefix + (name == "<name>" ? "initial" : name);
    base.keys.push_back({path, info});
    const std::string type = info["type"];
    if (type.rfind("list of", 0) == 0) path += ".0";
    if (type.rfind("table of", 0) == 0) path += "." + first_name(base.table, path);
    for (const auto& child : info["children"]) add(base, path + ".", child);
  }

  static std::string first_name(const Table& table, const std::string& path) {
    const Value* value = value_at(table, path);
    const Table* entries = value ? value->get<Table>() : nullptr;
    return entries && !entries->entries.empty() ? entries->entries.front().first : "probe";
  }

  const Door& door_;
  const Scratch& scratch_;
  Table functions_, operators_;
  std::vector<Table> examples_;
};

}  // namespace

Verdict enter(const Door& door, const Scratch& scratch, const std::string& command,
              const Table& table) {
  const std::string file = (scratch / "case.toml").string();
  std::ofstream(file) << write_toml(table);
  return in_child([&] { return door.enter(command, file); });
}

std::vector<Base> make_bases(const Door& door, const Scratch& scratch) {
  Maker maker(door, scratch);
  std::vector<Base> out;
  for (const auto& entry : Json::parse(banach("describe --json").out)) {
    if (auto base = maker.make(entry)) out.push_back(std::move(*base));
    if (entry["kind"] == "configuration")
      for (auto& base : maker.files(entry)) out.push_back(std::move(base));
  }
  return out;
}

}  // namespace banach::testing
