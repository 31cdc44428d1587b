#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run_case.sh BANACH CASE: trains CASE/case.toml with the arguments in line 1 of CASE/expect; the exit
# code must be line 2, and every further line must appear in what was said.
set -u
banach=$1 case=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mapfile -t expect <"$case/expect"
read -r -a arguments <<<"${expect[0]}"
if [[ " ${arguments[*]} " != *" --out "* ]]; then arguments+=(--out "$scratch/run"); fi
said=$("$banach" train "$case/case.toml" "${arguments[@]}" 2>&1)
code=$?
failed=0
if [[ $code != "${expect[1]}" ]]; then
  echo "exit code $code instead of ${expect[1]}"
  failed=1
fi
for line in "${expect[@]:2}"; do
  if [[ $said != *"$line"* ]]; then
    echo "not said: $line"
    failed=1
  fi
done
if [[ $failed != 0 ]]; then printf '%s\n' "$said"; fi
exit $failed
