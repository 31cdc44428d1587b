// SPDX-License-Identifier: Apache-2.0
// Every architecture of the catalog, with its defaults, against the nested oracle.
#include "core/plugin/plugin_manager.hpp"
#include "tests/executor/cases.hpp"

namespace banach::testing_only {
namespace {

// An operator architecture asks for an input function; all others are built without.
Laboratory laboratory_for(const std::string& type, const Registry& entries) {
  Scene scene = on({{"x", -1, 2}, {"t", 0, 3}}, {"u", "v"});
  try {
    return Laboratory(scene, table(type), entries);
  } catch (const ConfigError&) {
    scene.functions = {{"f", 6}};
    return Laboratory(scene, table(type), entries);
  }
}

TEST(Catalog, EveryArchitectureHasExactDerivativesToFourthOrder) {
  Registry entries;
  PluginManager manager(entries);
  manager.discover();
  ASSERT_TRUE(entries.architectures.find("mlp")) << "the build's plugins were not found";
  for (const auto& [name, item] : entries.architectures.items()) {
    SCOPED_TRACE(name);
    const Laboratory laboratory = laboratory_for(name, entries);
    expect_agreement(laboratory, [](const Field& u) {
      return concat({u["u"].d("t") - 0.3 * u["u"].d("xx"), u["v"].d("xt") * u["u"]});
    });
    expect_agreement(laboratory,
                     [](const Field& u) { return u["u"].d("xxxx") + u["v"].d("xxtt") + u["v"]; });
    expect_agreement(laboratory, [](const Field& u) { return u.all().d("xxt"); });
    expect_agreement(laboratory,
                     [](const Field& u) { return u.all().d("ttt") + u["v"].d("xttt"); });
  }
}

}  // namespace
}  // namespace banach::testing_only
