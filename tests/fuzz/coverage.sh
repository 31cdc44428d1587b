#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# coverage.sh SOURCE TARGET SECONDS: builds the preset fuzz and runs one of its targets under libFuzzer. What it
# finds on its way stays in the build folder; an input that shows a defect is named in the output.
set -euo pipefail
cd "$1"
target=$2 seconds=$3
compiler=$(command -v clang++ || true)
if [[ -z $compiler ]]; then
  echo "skipped: clang++ is not installed (apt-get install clang)"
  exit 77
fi
if ! "$compiler" -fsanitize=fuzzer,address -x c++ -o /dev/null - 2>/dev/null <<<'
extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }'; then
  echo "skipped: this clang++ has no libFuzzer (Debian: libclang-rt-dev)"
  exit 77
fi
[[ -f build-fuzz/build.ninja ]] || cmake --preset fuzz
ninja -C build-fuzz "fuzz_$target"
found=build-fuzz/corpus/$target
mkdir -p "$found"
exec build-fuzz/bin/"fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
  -artifact_prefix=build-fuzz/ "$found" "tests/fuzz/corpus/$target"
