#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# halts.sh BANACH PROBLEMS: trainings that get nowhere, from every optimizer of the catalog, and what is said of those
# that end badly. Needs the toy problem "halts".
set -u
banach=$1 problems=$2
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

train() { "$banach" train "$@" --quiet; }

cat >halts.toml <<'TOML'
threads = 1
dtype = "float64"
[problem]
type = "halts"
kind = "residual"
[architecture]
type = "mlp"
width = 4
depth = 1
[sampling]
method = "grid"
points = 5
refresh = 0
[[stage]]
optimizer = "adam"
steps = 3
TOML

cat >decay.toml <<'TOML'
threads = 1
[problem]
type = "decay"
[architecture]
type = "mlp"
width = 8
depth = 1
[[stage]]
optimizer = "adam"
lr = 1e38
steps = 1
TOML

mapfile -t optimizers < <("$banach" describe --json | python3 -c '
import json, sys
print("\n".join(sorted(e["name"] for e in json.load(sys.stdin) if e["kind"] == "optimizer")))')
((${#optimizers[@]} >= 11)) || fail "only ${#optimizers[@]} optimizers: ${optimizers[*]}"
line_searches=' bfgs gauss_newton lbfgs levenberg_marquardt natural_gradient ssbfgs ssbroyden '
for o in "${optimizers[@]}"; do
  expect 76 'training diverged at step 1: term "bad" is not a number at x = 0' \
    train halts.toml stage.0.optimizer="$o" --out "residual-$o"
  expect 76 'training diverged at step 1: the gradient of term "bad" is not finite at x = 0' \
    train halts.toml problem.kind=gradient stage.0.optimizer="$o" --out "gradient-$o"
  expect 76 'training halted at step 1: the gradient is exactly zero and the loss is' \
    train halts.toml problem.kind=flat stage.0.optimizer="$o" --out "flat-$o"
  [[ $line_searches != *" $o "* ]] || expect 76 'and no step of stage 0 has lowered the loss' \
    train halts.toml problem.kind=jump 'problem.k={ learn = 1.0 }' stage.0.optimizer="$o" --out "jump-$o"
  for run in residual gradient flat; do
    [[ ! -e $run-$o/result.json ]] || fail "$run-$o has a result"
  done
  # Its last step is looked at, too.
  if [[ $line_searches != *" $o "* ]]; then
    expect 76 'training diverged at step ' train decay.toml stage.0.optimizer="$o" --out "wild-$o"
  fi
done

# A first step that finds nothing left to gain is the end of a stage, not a failure.
for o in gauss_newton levenberg_marquardt lbfgs ssbroyden natural_gradient; do
  expect 0 "stopped: $o: " train "$problems/decay_random_features.toml" \
    "stage=[{ optimizer = \"gauss_newton\", steps = 4 }, { optimizer = \"$o\", steps = 40 }]" --out "converged-$o"
done
# Nor is a minimum that is not zero: the best straight line through a parabola.
cat >line.toml <<'TOML'
threads = 1
dtype = "float64"
[problem]
type = "regression"
inputs = { x = [-1.0, 1.0] }
outputs = ["y"]
[observations.samples]
file = "parabola.csv"
[architecture]
type = "mlp"
width = 1
depth = 1
TOML
awk 'BEGIN { print "x,y"; for (i = -10; i <= 10; ++i) printf "%.1f,%.2f\n", i / 10, i * i / 100 }' >parabola.csv
for o in gauss_newton levenberg_marquardt lbfgs ssbroyden; do
  expect 0 "stopped: $o: " train line.toml \
    "stage=[{ optimizer = \"ssbroyden\", steps = 2000 }, { optimizer = \"$o\", steps = 400 }]" --out "line-$o"
done
# A halt in a later stage keeps what the stages before it have done.
expect 76 'the last good checkpoint is' train halts.toml problem.kind=jump 'problem.k={ learn = 2.0 }' \
  'stage=[{ optimizer = "sgd", lr = 0.25, steps = 1 }, { optimizer = "lbfgs", steps = 5 }]' --out later
[[ -f later/checkpoints/step-000000000001.ck ]] || fail 'the first stage is not saved'
expect 76 'training halted at step 2: lbfgs: ' train --resume later

# Nothing to train.
expect 78 'stage: no stage has steps, so nothing would be trained' train "$problems/heat.toml" stage.0.steps=0 --out none
expect 78 'weights: all terms of the loss (pde, initial, left, right) have weight 0' train "$problems/heat.toml" \
  'weights={ pde = 0, initial = 0, left = 0.0, right = 0 }' --out none
expect 78 'weights: all terms of the loss (ode, initial) have weight 0' train "$problems/decay.toml" \
  'weights={ ode = 0, initial = 0 }' regularisation.l2=1e-3 --dry-run
[[ ! -e none ]] || fail 'a refused training left a folder'
expect 76 'weights this small vanish in float32' train "$problems/decay.toml" 'weights={ ode = 1e-60, initial = 1e-60 }' \
  dtype=float32 --out small

# Ends that are none.
expect 0 'warning: the training ended at a validation loss of' train "$problems/decay.toml" stage.0.steps=50 \
  stage.0.lr=1e3 'stage.0.schedule={}' threads=1 --out wild
grep -q 'above the .* of the untrained network: try a smaller lr (now 1000)' wild/result.json || fail 'not in result.json'
expect 0 'it is no better than zero everywhere' train "$problems/heat.toml" stage.0.steps=20 stage.0.lr=1e3 threads=1 \
  'stage.0.schedule={}' --out worse
expect 0 'they are fitted and what lies between is not' train "$problems/heat_lm.toml" stage.0.steps=200 sampling.points=4 \
  sampling.initial.points=4 sampling.left.points=2 sampling.right.points=2 --out fitted
good=$(train "$problems/decay.toml" stage.0.steps=300 threads=1 --out good)
[[ $good != *warning* ]] || fail "a sound training is warned of: $good"
grep -q '"warnings": \[\]' good/result.json || fail 'no list of warnings'
expect 0 'no step was left to do: 300 steps done, 10 are asked for' train --resume good stage.0.steps=10
exit $failed
