#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# House rules that a program can check: style.sh ROOT [rules|format|tidy BUILD]. Prints `file:line: rule` for
# each offence and exits 1; `format` and `tidy` exit 77 where their tool is missing. `tidy` reads the
# sources without LibTorch only: the others cost a minute each.
set -uo pipefail
cd "$1" || exit 2
what=${2:-rules}

# sources PATTERN...: files below the source folders whose names match one of the patterns.
sources() {
  local names=() pattern
  for pattern in "$@"; do names+=(-o -name "$pattern"); done
  find core apps plugins datasets docs tests -type f \( "${names[@]:1}" \) 2>/dev/null | sort
}
mapfile -t cpp < <(sources '*.cpp' '*.hpp')
mapfile -t all < <(sources '*.cpp' '*.hpp' '*.cmake' CMakeLists.txt '*.sh' '*.py'
  find cmake -type f 2>/dev/null; find . -maxdepth 1 \( -name '*.sh' -o -name CMakeLists.txt \))
mapfile -t plugins < <(find plugins -name '*.cpp' 2>/dev/null)
mapfile -t sdk < <(find core/include -name '*.hpp' ! -name tensor_architecture.hpp 2>/dev/null)

# Version 14 (Debian 12) defines layout and checks: others differ in details.
find_tool() {
  for tool in "$1-14" "$1"; do
    [[ $("$tool" --version 2>/dev/null) != *"version 14."* ]] || return 0
  done
  echo "skipped: $1 14 is not installed"
  exit 77
}

if [[ $what == format ]]; then
  find_tool clang-format
  "$tool" --dry-run --Werror "${cpp[@]}"
  exit
elif [[ $what == tidy ]]; then
  find_tool clang-tidy
  commands=$(mktemp -d)  # without the headers that another compiler has compiled
  trap 'rm -rf "$commands"' EXIT
  sed -E 's/ -Winvalid-pch| -include [^ ]*cmake_pch\.hxx//g' "$3/compile_commands.json" >"$commands/compile_commands.json"
  find core/{parameters,plugin,expression,sampling,run,study} plugins/problems datasets apps -maxdepth 1 \
    -name '*.cpp' -print0 | xargs -0 -n 1 -P "$(nproc)" "$tool" -p "$commands" --quiet \
    --extra-arg=-I"$PWD" --extra-arg=-I"$PWD/core/include"  # joined files have no command of their own
  exit
fi

# forbid RULE REGEX FILE...: no line of the files may match.
forbid() {
  local rule=$1 regex=$2
  shift 2
  (($# == 0)) || grep -nHE "$regex" "$@" | sed -E "s|^([^:]*:[0-9]+):.*|\1: $rule|"
}

# code_lines LIMIT FILE...: files with more lines than that which are neither blank nor comment.
code_lines() {
  local limit=$1
  shift
  (($# == 0)) || awk -v limit="$limit" '
    function report() { if (n > limit) print file ":1: " n " code lines, " limit " are allowed" }
    FNR == 1 { report(); file = FILENAME; n = 0; inside = 0 }
    inside { if (/\*\//) inside = 0; next }
    /^[[:space:]]*\/\*/ { if (!/\*\//) inside = 1; next }
    !/^[[:space:]]*(\/\/.*)?$/ { n++ }
    END { report() }' "$@"
}

spdx() {
  local file line
  for file in "${all[@]}"; do
    { IFS= read -r line; [[ $line != '#!'* ]] || IFS= read -r line; } <"$file"
    [[ $line == *"SPDX-License-Identifier: Apache-2.0"* ]] ||
      echo "$file:1: the first line is not the SPDX line"
  done
}

offences=$(
  forbid "include torch/types.h or a single module, not torch/torch.h" \
    '#[[:space:]]*include[[:space:]]*[<"]torch/torch\.h' "${cpp[@]}"
  forbid "a plugin follows the device of its inputs" 'torch::kCPU|at::kCPU' "${plugins[@]}"
  forbid "a plugin includes with <>, like its users" '#[[:space:]]*include[[:space:]]*"' "${plugins[@]}"
  forbid "this header of the SDK stays free of LibTorch" \
    '#[[:space:]]*include[[:space:]]*[<"](torch|ATen|c10)/' "${sdk[@]}"
  mapfile -t json < <(sources '*.cpp' '*.hpp' | grep -E '^(core|apps|datasets|plugins)/' | grep -v /json_text.hpp)
  forbid "JSON is written by json_text(), which never throws" '\.dump\(' "${json[@]}"
  forbid "unfinished work" '\<(TO''DO|FIX''ME|XX''X)\>' "${all[@]}"
  spdx
  code_lines 250 "${cpp[@]}"
  for file in plugins/problems/heat.cpp plugins/architectures/mlp.cpp; do
    [[ ! -f $file ]] || code_lines 60 "$file"
  done
)
if [[ -n $offences ]]; then
  printf '%s\n' "$offences"
  exit 1
fi
echo "${#all[@]} files hold to the rules"
