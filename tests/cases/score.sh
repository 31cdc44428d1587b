#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# score.sh BANACH PROBLEMS: trials are compared by what they have in common, whatever is searched.
set -u
banach=$1 problems=$2
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The weight of the equation, down to one that switches it off: a loss so weighted is lowest there, the score is not.
cat >tune.toml <<TOML
[tune]
base = "$problems/heat.toml"
trials = 6
sampler = "sobol"
space.w = { key = "weights.pde", loguniform = [1e-6, 1.0] }
[tune.fixed]
threads = 1
stage.0.steps = 300
stage.0.schedule = { type = "cosine" }
architecture.width = 12
architecture.depth = 2
sampling.points = 32
sampling.initial.points = 16
sampling.left.points = 8
sampling.right.points = 8
validation.every = 100
evaluate.grid = { x = 10, t = 10 }
TOML
expect 0 'best: trial' "$banach" tune tune.toml --out search --quiet
[[ $said == *', score '* ]] || fail "another metric is named: $said"
cat >judge.py <<'PY'
import csv, glob, json, sys
rows = list(csv.DictReader(open("search/trials.csv")))
key = "weights.pde"
best = min(rows, key=lambda r: float(r["value"]))
results = {r["trial"]: json.load(open("search/trials/trial-%04d/result.json" % int(r["trial"]))) for r in rows}
by_loss = min(rows, key=lambda r: results[r["trial"]]["validation_loss"])
by_error = sorted(rows, key=lambda r: results[r["trial"]]["unknowns"]["u"]["relative_l2"])
assert float(by_loss[key]) < 1e-3, "control: the weighted loss is lowest where the equation hardly counts"
assert float(best[key]) > 1e-3, "the best switches the equation off: " + best[key]
assert best in by_error[:2], "the best by score has one of the largest errors"
sizes = json.load(open("search/score_sizes.json"))
for r in rows:
    terms = results[r["trial"]]["terms"]
    score = sum(terms[t]["rms"] / sizes[t] for t in sizes) / len(sizes)
    assert abs(score - float(r["value"])) < 1e-9 * score, (score, r)
    assert results[r["trial"]]["score"] == float(r["value"])
    last = [json.loads(l) for l in open("search/trials/trial-%04d.out" % int(r["trial"])) if l.startswith('{"type":"report"')][-1]
    assert abs(last["value"] - float(r["value"])) < 1e-9 * score, "what is reported is another number"
PY
python3 judge.py || fail 'the search'
# It goes on with the same sizes, and pruners see the score.
cp search/score_sizes.json sizes.json
expect 0 'trials: 7' "$banach" tune tune.toml --out search tune.trials=7 --quiet
cmp search/score_sizes.json sizes.json || fail 'other sizes'
expect 0 'pruned' "$banach" tune tune.toml --out pruned --quiet tune.trials=5 'tune.pruner={ type = "median", startup = 1 }'

# What would depend on what is searched is refused, with its place.
expect 78 'tune.toml:5:7: tune.space.w: weights.pde is searched and changes the validation loss' \
  "$banach" tune tune.toml --out other 'tune.metric="validation_loss"'
expect 78 'which is the score of a problem with an energy' "$banach" tune tune.toml --out other \
  "tune.base=\"$problems/deep_ritz.toml\"" 'tune.space={ w = { key = "weights.x_lower", uniform = [1.0, 9.0] } }' 'tune.fixed={}'
expect 78 'did you mean "score"?' "$banach" tune tune.toml --out other 'tune.metric="scor"'
[[ ! -e other ]] || fail 'a refused search left a folder'

# A search of an older program goes on by its own metric.
sed '/^space/d' tune.toml >plain.toml
plain=(plain.toml --quiet 'tune.space={ lr = { key = "stage.0.lr", loguniform = [1e-4, 1e-2] } }' tune.trials=2)
expect 0 'validation_loss' "$banach" tune "${plain[@]}" 'tune.metric="validation_loss"' --out old
rm old/score_sizes.json
expect 0 'compares trials by validation_loss and continues with it' "$banach" tune "${plain[@]}" tune.trials=3 --out old
[[ $said == *'best: trial'*', validation_loss '* ]] || fail "another metric: $said"
expect 0 ', score ' "$banach" tune "${plain[@]}" --out old --force

# Tables of sweeps.
cat >sweep.toml <<TOML
[sweep]
base = "$problems/decay.toml"
grid."weights.ode" = [1e-6, 1.0]
fixed.stage.0.steps = 300
fixed.threads = 1
TOML
expect 0 '  score ' "$banach" sweep sweep.toml --out swept --quiet
python3 - <<'PY' || fail 'the scores of a sweep'
import csv
rows = list(csv.DictReader(open("swept/sweep.csv")))
score = {r["weights.ode"]: float(r["score"]) for r in rows}
assert score["1e-06"] > 2 * score["1.0"], score
PY

# Another driver: the sizes of the untrained network, or those that it names.
report() { "$banach" train "$problems/decay.toml" stage.0.steps=40 validation.every=20 threads=1 --report --quiet "$@"; }
value() { sed -nE 's/^\{"type":"report".*"value":([^}]*)\}$/\1/p' | tail -1; }
a=$(report --out a | value) b=$(report weights.ode=5 stage.0.steps=20 --out b | value)
[[ -n $a && -n $b ]] || fail 'no report'
echo '{"ode": 1, "initial": 1}' >sizes.json
c=$(report --score-sizes sizes.json --out c | value)
python3 -c "
import json
t = json.load(open('c/result.json'))['terms']
assert abs(float('$c') - (t['ode']['rms'] + t['initial']['rms']) / 2) < 1e-9
assert float('$a') != float('$c')" || fail 'the named sizes'
expect 66 'missing.json' report --score-sizes missing.json --out d
echo '[1]' >list.json
expect 65 'list.json: must be a JSON object' report --score-sizes list.json --out e
exit $failed
