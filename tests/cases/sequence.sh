#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# sequence.sh BANACH CASES: commands that meet each other's runs, and signals from outside.
set -u
banach=$1 cases=$2
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

run=$scratch/run
expect 0 'all 20 steps done' "$banach" train "$cases/trains/case.toml" --out "$run"
changed=$(stat -c %Y.%s "$run/result.json")
expect 0 'all 20 steps done' "$banach" train "$cases/trains/case.toml" --out "$run"
[[ $(stat -c %Y.%s "$run/result.json") == "$changed" ]] || { echo 'trained twice'; failed=1; }
expect 0 'all 20 steps done' "$banach" train "$run/resolved.toml"
expect 73 'stage.0.steps: 20 -> 30' "$banach" train "$cases/trains/case.toml" stage.0.steps=30 --out "$run"
expect 0 'all 30 steps done' "$banach" train "$cases/trains/case.toml" stage.0.steps=30 --out "$run" --force
expect 0 'all 40 steps done' "$banach" train --resume "$run" stage.0.steps=40
expect 0 'all 40 steps done' "$banach" train --resume "$run"
expect 78 'architecture.width: [8] -> [16]' "$banach" train --resume "$run" architecture.width=16
expect 78 'stage.0.lr: 0.001 -> 0.1' "$banach" train --resume "$run" stage.0.lr=0.1
expect 64 'the rest is fixed by the run' "$banach" train --resume "$run" --seed 3
expect 66 'no run' "$banach" train --resume "$scratch/nothing"
expect 64 'name a configuration' "$banach" train

# The resolved configuration alone gives the same run.
"$banach" train "$cases/trains/case.toml" stage.0.steps=40 --out "$scratch/a" --quiet >/dev/null 2>&1
"$banach" train "$scratch/a/resolved.toml" --out "$scratch/b" --quiet >/dev/null 2>&1
cmp "$scratch/a/metrics.csv" "$scratch/b/metrics.csv" || failed=1

# A damaged newest checkpoint: the one before is taken, and that is said.
"$banach" train "$cases/trains/case.toml" checkpoint.every=8 --out "$scratch/c" --quiet >/dev/null 2>&1
cp -r "$scratch/c/metrics.csv" "$scratch/whole.csv"
truncate -s 300 "$scratch/c/checkpoints/step-000000000020.ck"
rm "$scratch/c/result.json"
expect 0 'step-000000000020.ck' "$banach" train --resume "$scratch/c"
cmp "$scratch/c/metrics.csv" "$scratch/whole.csv" || failed=1
truncate -s 300 "$scratch"/c/checkpoints/step-*.ck
rm "$scratch/c/result.json"
expect 65 'step-0000000000' "$banach" train --resume "$scratch/c"

# Signals: the step is finished and saved, the way back is said.
interrupt() {
  local signal=$1 code=$2 run=$scratch/signal-$1
  "$banach" train "$cases/time_limit/case.toml" checkpoint.every=1000000 --out "$run" >"$scratch/said" 2>&1 &
  local pid=$!
  local waited=0
  while [[ ! -s $run/metrics.csv || $(wc -l <"$run/metrics.csv") -lt 2 ]]; do
    if ! kill -0 $pid 2>/dev/null || ((++waited > 1200)); then break; fi
    sleep 0.05
  done
  if [[ $signal == INT ]]; then expect 73 'is in use by' "$banach" train --resume "$run"; fi
  kill -"$signal" $pid
  wait $pid
  local got=$?
  if [[ $got != "$code" ]] || ! grep -q "resume with: banach train --resume $run" "$scratch/said"; then
    echo "FAILED: $signal gave $got"
    cat "$scratch/said"
    failed=1
  fi
  expect 0 'steps done' "$banach" train --resume "$run" stage.0.steps=1
}
interrupt TERM 143
interrupt USR1 75
interrupt INT 130
exit $failed
