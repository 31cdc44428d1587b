#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# resumed_log.sh BANACH PROBLEMS: a run that was killed and resumed leaves one log, whenever that was, and so do the
# trials of a study.
set -u
banach=$1 problems=$2
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# wait_for COMMAND...: until the command holds, a minute at most.
wait_for() {
  local waited=0
  until "$@"; do
    if ((++waited > 6000)); then
      fail "nothing came of: $*"
      return
    fi
    sleep 0.01
  done
}
rows_of() { [[ -f $1 && $(wc -l <"$1") -ge $2 ]]; }
# once FILE: every step stands there once, and in order.
once() {
  local steps
  steps=$(sed -nE 's/^(\{"step":|\{"type":"report".*"step":)?([0-9]+).*/\2/p' "$1")
  [[ -n $steps && $steps == "$(sort -nu <<<"$steps")" ]] || fail "$1 has steps twice or out of order: ${steps//$'\n'/ }"
}
whole_log() {
  cmp "$1/metrics.csv" whole/metrics.csv || fail "another metrics.csv in $1"
  cmp "$1/metrics.jsonl" whole/metrics.jsonl || fail "another metrics.jsonl in $1"
  cmp <(cut -d, -f1 "$1/timing.csv") <(cut -d, -f1 whole/timing.csv) || fail "another timing.csv in $1"
}

options=("$problems/decay.toml" threads=1 stage.0.steps=3000 output.log_every=1 validation.every=50 --quiet)
"$banach" train "${options[@]}" --out whole >/dev/null || fail 'the undisturbed run'
# Kills before the first checkpoint, and after one.
for every in 1000000 700; do
  run=killed-$every
  "$banach" train "${options[@]}" checkpoint.every=$every --out "$run" >/dev/null 2>&1 &
  pid=$!
  wait_for rows_of "$run/metrics.csv" 900
  kill -KILL $pid
  wait $pid 2>/dev/null
  # Half a row more, as a full disk or a power loss leaves it.
  printf '2999,0,0.0' >>"$run/metrics.csv"
  printf '{"step":2999,"st' >>"$run/metrics.jsonl"
  printf '2999,' >>"$run/timing.csv"
  printf '2026-01-01 half a li' >>"$run/log.txt"
  "$banach" train --resume "$run" --quiet >/dev/null 2>said || fail "resume: $(cat said)"
  whole_log "$run"
  grep -qE '^20[0-9-]+ [0-9:]+ (started again at step 0|resumed at step [0-9]+); [0-9]+ rows that were written after it are cut from the logs$' \
    "$run/log.txt" || fail "log.txt says nothing of it: $(cat "$run/log.txt")"
done
# A log that an older program has left with steps twice.
mkdir -p twice/checkpoints
cp -r killed-700/. twice
rm twice/result.json
{ sed -n 1,100p whole/metrics.csv; sed -n 50,3001p whole/metrics.csv; } >twice/metrics.csv
"$banach" train --resume twice --quiet stage.0.steps=3001 >/dev/null 2>&1 || fail 'resume of the old log'
once twice/metrics.csv
cmp <(head -n 3001 twice/metrics.csv) whole/metrics.csv || fail 'rows of the old log are lost'

# Trials of a search: what they report, too.
cat >tune.toml <<TOML
[tune]
base = "$problems/decay.toml"
trials = 2
space.lr = { key = "stage.0.lr", loguniform = [1e-4, 1e-2] }
[tune.fixed]
threads = 1
stage.0.steps = 4000
checkpoint.every = 1500
validation.every = 10
output.log_every = 10
TOML
"$banach" tune tune.toml --out search --quiet >/dev/null 2>&1 &
pid=$!
wait_for rows_of search/trials/trial-0001/metrics.csv 200
kill -KILL $pid
wait $pid 2>/dev/null
"$banach" tune tune.toml --out search --quiet >/dev/null 2>said || fail "$(cat said)"
for trial in trial-0000 trial-0001; do
  once search/trials/$trial/metrics.csv
  once search/trials/$trial/metrics.jsonl
  once search/trials/$trial/timing.csv
  once search/trials/$trial.out
done
exit $failed
