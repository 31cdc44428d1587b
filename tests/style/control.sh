#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The negative control of style.sh: every rule must see the offence planted for it.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/style.sh
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{core/include/banach,plugins/problems,tests}
cd "$root"
spdx='// SPDX-License-Identifier: Apache-2.0'

expect() {  # the text that style.sh must print, exit 1 included
  local status=0 output
  output=$(bash "$check" "$root") || status=$?
  if ((status != 1)) || [[ $output != *"$1"* ]]; then
    printf 'expected exit 1 and "%s", got exit %s and:\n%s\n' "$1" "$status" "$output"
    exit 1
  fi
  rm -f core/*.cpp core/include/banach/* plugins/problems/* tests/*
}

printf '%s\n#include <torch/torch.h>\n' "$spdx" >core/a.cpp
expect "core/a.cpp:2: include torch/types.h"
printf '%s\nauto d = torch::kCPU;\n' "$spdx" >plugins/problems/a.cpp
expect "plugins/problems/a.cpp:2: a plugin follows the device"
printf '%s\n#include "banach/plugin.hpp"\n' "$spdx" >plugins/problems/a.cpp
expect "plugins/problems/a.cpp:2: a plugin includes with <>"
printf '%s\n#include <ATen/ATen.h>\n' "$spdx" >core/include/banach/a.hpp
expect "core/include/banach/a.hpp:2: this header of the SDK stays free"
printf '%s\n// TO%s: later\n' "$spdx" DO >core/a.cpp
expect "core/a.cpp:2: unfinished work"
printf 'int a;\n' >tests/a.cpp
expect "tests/a.cpp:1: the first line is not the SPDX line"
{ echo "$spdx"; yes 'int a();' | head -n 251; } >core/a.cpp
expect "core/a.cpp:1: 251 code lines, 250 are allowed"
{ echo "$spdx"; yes 'int a();' | head -n 61; } >plugins/problems/heat.cpp
expect "plugins/problems/heat.cpp:1: 61 code lines, 60 are allowed"

# What the rules allow: comments and blank lines do not count, a script's SPDX line is its second.
{ echo "$spdx"; yes 'int a();' | head -n 250; yes '// why' | head -n 99; echo; } >core/a.cpp
printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n' >tests/a.sh
bash "$check" "$root"
