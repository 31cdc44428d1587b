#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# study.sh BANACH PROBLEMS: sweeps and searches of a few steps; killed, stopped, changed and failing ones.
set -u
banach=$1 problems=$2
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# wait_for COMMAND...: until the command holds, a minute at most.
wait_for() {
  local waited=0
  until "$@"; do
    if ((++waited > 1200)); then
      fail "nothing came of: $*"
      return
    fi
    sleep 0.05
  done
}
holds_checkpoint() { compgen -G "$1/checkpoints/step-*.ck" >/dev/null; }
lines_of() { [[ -f $1 && $(wc -l <"$1") -ge $2 ]]; }
# A table without its last four columns, which hold times.
timeless() { sed -E 's/(,[^,]*){4}$//' "$1"; }

cat >sweep.toml <<TOML
[sweep]
base = "$problems/decay.toml"
repeats = 2
grid."stage.0.lr" = [1e-2, 1e-3]
[sweep.fixed]
threads = 1
stage.0.steps = 600
checkpoint.every = 20
validation.every = 100
TOML
expect 0 'y.mae' "$banach" sweep sweep.toml --out whole
[[ $(wc -l <whole/sweep.csv) == 5 && $(wc -l <whole/summary.csv) == 3 ]] || fail 'rows of the tables'
expect 0 'y.mae' "$banach" sweep sweep.toml --out whole
[[ $(wc -l <whole/trials.jsonl) == 4 ]] || fail 'finished trials ran again'

# Killed inside the second trial, whose checkpoint it goes on from.
# A trial may end before the kill reaches it: then once more.
for _ in 1 2 3 4 5 6; do
  rm -rf killed
  "$banach" sweep sweep.toml --out killed --quiet >/dev/null 2>&1 &
  pid=$!
  wait_for holds_checkpoint killed/trials/point-000-seed-1
  kill -KILL $pid
  wait $pid 2>/dev/null
  sleep 0.2
  [[ -f killed/trials/point-000-seed-1/result.json ]] || break
done
lines_of killed/trials.jsonl 1 || fail 'the first trial is not in the store'
printf '{"type":"end","poi' >>killed/trials.jsonl
rm -f killed/summary.csv
expect 0 'y.mae' "$banach" sweep sweep.toml --out killed sweep.jobs=2
grep -q -- --resume killed/trials/point-000-seed-1/environment.json || fail 'the trial began anew'
cmp <(timeless whole/summary.csv) <(timeless killed/summary.csv) || fail 'another table after a kill'

# Stopped: forwarded, said how to go on, and gone on with.
"$banach" sweep sweep.toml --out stopped sweep.fixed.stage.0.steps=100000000 >said 2>&1 &
pid=$!
wait_for holds_checkpoint stopped/trials/point-000-seed-0
expect 73 'the study is in use by pid' "$banach" sweep sweep.toml --out stopped
kill -INT $pid
wait $pid
[[ $? == 130 ]] || fail "SIGINT gave another code"
grep -q 'stopped by SIGINT with 0 of 4 trials done; go on with the same command' said || fail "$(cat said)"
expect 73 'base.stage.0.steps: 100000000 -> 600' "$banach" sweep sweep.toml --out stopped
expect 0 'y.mae' "$banach" sweep sweep.toml --out stopped --force
expect 75 'stopped by the end of its time' "$banach" sweep sweep.toml --out brief sweep.seconds=0.5 \
  sweep.fixed.stage.0.steps=100000000

# Failing trials.
expect 0 'diverged' "$banach" sweep sweep.toml --out fails sweep.repeats=1 'sweep.grid."stage.0.lr"=[1e-2, 1e30]'
grep -q ',failed,76,' fails/sweep.csv || fail 'the failure is not in the table'
expect 0 'diverged' "$banach" sweep sweep.toml --out fails --retry sweep.repeats=1 'sweep.grid."stage.0.lr"=[1e-2, 1e30]'
[[ $(wc -l <fails/trials.jsonl) == 3 ]] || fail 'retry did not train one trial again'
expect 76 'diverged' "$banach" sweep sweep.toml --out all_fail sweep.repeats=1 'sweep.grid."stage.0.lr"=[1e30]'
expect 143 'timeout of 0.5 seconds' "$banach" sweep sweep.toml --out late sweep.repeats=1 sweep.timeout=0.5 \
  'sweep.grid."stage.0.lr"=[1e-2]' sweep.fixed.stage.0.steps=100000000

# Journals that others have written.
record='{"type":"end","point":POINT,"seed":0,"state":STATE,"code":CODE,"error":"x","metrics":METRICS}'
damaged() {  # damaged TEXT POINT STATE CODE METRICS
  local line=${record/POINT/$2}
  line=${line/STATE/$3} line=${line/CODE/$4}
  rm -rf foreign && cp -r fails foreign
  printf '%s\n' "${line/METRICS/$5}" >>foreign/trials.jsonl
  expect 65 "trials.jsonl: damaged record: $1" "$banach" sweep sweep.toml --out foreign sweep.repeats=1 \
    'sweep.grid."stage.0.lr"=[1e-2, 1e30]'
}
damaged 'there is no point 7, the sweep has 2' 7 '"failed"' 1 '[]'
damaged 'there is no point -1' -1 '"failed"' 1 '[]'
damaged '' '"x"' '"failed"' 1 '[]'
damaged '"x\n" is no end of a trial' 0 '"x\n"' 1 '[]'
damaged '' 0 '{}' 1 '[]'
damaged '' 0 '"failed"' '[]' '[]'
damaged '' 0 '"failed"' 1 '[[1, 2]]'
damaged '' 0 '"failed"' 1 '[1]'

# Wrong keys show before the first trial, at their place.
sed 's/stage.0.lr/architecture.widht/' sweep.toml >wrong.toml
expect 78 'wrong.toml:4:30: architecture.widht=0.01: architecture has no parameter "widht"; did you mean "width"?' \
  "$banach" sweep wrong.toml --out wrong
[[ ! -e wrong ]] || fail 'a refused sweep left a folder'
sed 's/1e-2, 1e-3/1e-2, -1/' sweep.toml >negative.toml
expect 78 'negative.toml:4:28: stage.0.lr=-1: stage.0.lr = -1: must be > 0' "$banach" sweep negative.toml --out wrong

cat >tune.toml <<TOML
[tune]
base = "$problems/decay.toml"
trials = 7
pruner = { type = "median", startup = 2 }
space.lr = { key = "stage.0.lr", loguniform = [1e-5, 1e-1] }
space.points = { key = "sampling.points", randint = [1, 65] }
[tune.fixed]
threads = 1
stage.0.steps = 200
checkpoint.every = 20
validation.every = 20
TOML
expect 0 'train it again: banach train' "$banach" tune tune.toml --out tuned
[[ $(wc -l <tuned/trials.csv) == 8 ]] || fail 'rows of the trials'
grep -q pruned tuned/trials.csv || fail 'nothing was pruned'
"$banach" tune tune.toml --out again --quiet >/dev/null 2>&1 &
pid=$!
wait_for holds_checkpoint again/trials/trial-0003
kill -KILL $pid
wait $pid 2>/dev/null
expect 0 'best: trial' "$banach" tune tune.toml --out again
cmp tuned/trials.csv again/trials.csv || fail 'another search after a kill'
expect 0 'trials: 9' "$banach" tune tune.toml --out again tune.trials=9 tune.jobs=2
expect 73 'tune.space.lr.loguniform' "$banach" tune tune.toml --out again 'tune.space.lr.loguniform=[1e-5, 1.0]'
expect 78 'tune.metric: there is no "u.mae"; did you mean "y.mae"?' "$banach" tune tune.toml --out x 'tune.metric="u.mae"'
expect 78 'architecture.depth' "$banach" tune tune.toml --out x \
  'tune.space={ d = { key = "architecture.depth", randint = [0, 4] } }'

# The ready studies, shortened.
mkdir ready
for file in "$problems"/studies/*.toml; do
  name=$(basename "$file" .toml)
  if grep -q '^\[sweep\]' "$file"; then
    expect 0 'u.mae' "$banach" sweep "$file" --out "ready/$name" sweep.repeats=1 sweep.fixed.stage.0.steps=2 sweep.jobs=2
  else
    expect 0 'train it again' "$banach" tune "$file" --out "ready/$name" tune.trials=2 tune.space.steps.randint=[1,4]
  fi
done

# Those of optimizers give their stages themselves: every configuration is planned, none is trained to its end.
for file in "$problems"/studies/optimizers/*.toml; do
  expect 75 'trials done; go on with the same command' "$banach" sweep "$file" --out "ready/$(basename "$file" .toml)" \
    sweep.seconds=1e-9
done

# For other drivers.
expect 0 '{"type":"report","metrics":{"residual' "$banach" train "$problems/decay.toml" --override stage.0.steps=40 \
  --override validation.every=20 --override threads=1 --report --quiet --result-json result.json --out driven
grep -q '"validation_loss"' result.json || fail 'no result'
expect 0 '"validation_loss"' "$banach" train --resume driven --result-json - --quiet
exit $failed
