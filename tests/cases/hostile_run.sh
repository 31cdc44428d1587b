#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# hostile_run.sh BANACH PROBLEMS: folders of runs and studies in which somebody has laid links, checkpoints of other runs
# and files without end: what they lead to stays as it is, and every refusal names its file.
set -u
banach=$1 problems=$2
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

state_of() { (cd "$1" && find . -type f ! -name run.lock ! -name log.txt -exec sha256sum {} + | sort); }

options=(threads=1 stage.0.steps=60 checkpoint.every=20 validation.every=20 --quiet)
"$banach" train "$problems/decay.toml" "${options[@]}" --out decay >/dev/null || fail 'a plain run'
"$banach" train "$problems/heat.toml" "${options[@]}" architecture.width=8 --out heat >/dev/null || fail 'another run'
echo precious >victim
longer=stage.0.steps=80

# Links to a file of the user's, by every name that is written in place.
for name in metrics.csv metrics.jsonl timing.csv log.txt run.lock; do
  for how in -s ''; do
    rm -rf run && cp -r decay run && rm -f "run/$name"
    ln $how "$PWD/victim" "run/$name"
    code=65
    [[ $name != run.lock ]] || code=73
    expect $code "run/$name: this " "$banach" train --resume run $longer --quiet
    [[ $(cat victim) == precious ]] || fail "the victim was changed through $name ($how)"
    echo precious >victim
  done
done
# By names that are replaced, and temporaries: the link goes, not what it leads to.
rm -rf run && cp -r decay run
for name in resolved.toml environment.json; do
  mv "run/$name" "kept-$name"
  ln -s "$PWD/victim" "run/.tmp-$name"
done
for name in .tmp-result.json .tmp-probe checkpoints/.tmp-step-000000000080.ck; do ln "$PWD/victim" "run/$name"; done
mv kept-resolved.toml run/resolved.toml
ln -s "$PWD/victim" run/environment.json
expect 0 '' "$banach" train --resume run $longer --quiet
[[ $(cat victim) == precious && ! -L run/environment.json ]] || fail 'the victim was changed through a temporary'
# A linked folder of checkpoints, read and written, and a linked newest checkpoint.
rm -rf run && cp -r decay run && mv run/checkpoints aside && ln -s "$PWD/aside" run/checkpoints
expect 65 'run/checkpoints: this is a link' "$banach" train --resume run $longer --quiet
expect 65 'run/checkpoints: this is a link' "$banach" evaluate run
rm -rf run && cp -r decay run
ln -s "$PWD/decay/checkpoints/step-000000000060.ck" run/checkpoints/step-000000000070.ck
expect 0 'step-000000000070.ck: this is a link' "$banach" evaluate run
# --force empties the folder alone.
rm -rf run && cp -r decay run && mkdir home && echo precious >home/thesis && ln -s "$PWD/home" run/extra
rm -rf run/checkpoints && ln -s "$PWD/home" run/checkpoints
expect 0 '' "$banach" train "$problems/decay.toml" "${options[@]}" --out run --force
[[ $(cat home/thesis) == precious ]] || fail '--force followed a link'
# A trial of a study that is a link to another run.
printf '[sweep]\nbase = "%s/decay.toml"\ngrid."stage.0.lr" = [1e-2]\n[sweep.fixed]\nstage.0.steps = 20\nthreads = 1\n' \
  "$problems" >sweep.toml
expect 0 '' "$banach" sweep sweep.toml --out study --quiet
rm -rf study/trials/point-000-seed-0 study/trials.jsonl && ln -s "$PWD/decay" study/trials/point-000-seed-0
before=$(state_of decay)
expect 65 'point-000-seed-0: this is a link' "$banach" sweep sweep.toml --out study --quiet
[[ $(state_of decay) == "$before" ]] || fail 'a sweep went on with a run elsewhere'
rm study/trials/point-000-seed-0 && ln -sf "$PWD/victim" study/trials/point-000-seed-0.out
expect 65 'point-000-seed-0.out: this is a link' "$banach" sweep sweep.toml --out study --quiet
[[ $(cat victim) == precious ]] || fail 'a trial wrote through a link'
# A path that leads to a run may be a link, and a run of somebody else is read without a word.
cp -r decay linked && ln -s linked shortcut
expect 0 'steps' "$banach" train --resume shortcut $longer --quiet
if [[ $(id -u) == 0 ]]; then
  chmod 755 . && chown -R 4001 heat && chmod -R a+rX,go-w heat
  said=$(setpriv --reuid 4002 --clear-groups "$banach" evaluate heat 2>&1 >/dev/null) || fail 'a colleague cannot read a run'
  [[ -z $said ]] || fail "a colleague is told: $said"
  chown -R 0 heat
fi

# Checkpoints of other runs: nothing is rewritten.
for other in heat seed; do
  rm -rf run && cp -r decay run
  [[ $other == heat ]] || "$banach" train "$problems/decay.toml" "${options[@]}" seed=5 --out seed >/dev/null || fail seed
  cp "$other/checkpoints/step-000000000060.ck" run/checkpoints/
  before=$(state_of run)
  key='problem.type: "decay" -> "heat"'
  [[ $other == heat ]] || key='seed: 0 -> 5'
  for verb in evaluate 'train --quiet --resume'; do
    # shellcheck disable=SC2086
    expect 65 "checkpoints/step-000000000060.ck: this checkpoint is of another run" "$banach" $verb run
    # shellcheck disable=SC2086
    expect 65 "$key" "$banach" $verb run
  done
  [[ $(state_of run) == "$before" ]] || fail 'a refused resume changed the run'
done
# What may change on resume is no other run, even when it was killed before its next save.
rm -rf run && cp -r decay run
expect 0 '' "$banach" train --resume run $longer checkpoint.every=30 time_limit=100.0 'stage.0.stop={ loss = 1e-30 }' --quiet
cp decay/checkpoints/*.ck run/checkpoints/ && rm run/checkpoints/step-000000000080.ck
expect 0 '' "$banach" train --resume run --quiet
mv run moved
expect 0 '' "$banach" evaluate moved

# A newest checkpoint of 100 GB that holds nothing.
rm -rf run && cp -r decay run
truncate -s 100G run/checkpoints/step-000000000070.ck
expect 0 'step-000000000070.ck: this is no Banach checkpoint' "$banach" evaluate run
expect 0 'falling back to step-000000000060.ck' "$banach" train --resume run $longer --quiet
truncate -s 100G run/metrics.csv
expect 65 ' do not fit into the memory that is free' "$banach" train --resume run stage.0.steps=90 --quiet

# A removed run.lock lets nobody in, and a folder that was moved is said.
"$banach" train "$problems/decay.toml" threads=1 stage.0.steps=100000000 checkpoint.every=100 --quiet --out busy \
  >/dev/null 2>said &
pid=$!
for _ in {1..1200}; do compgen -G 'busy/checkpoints/step-*.ck' >/dev/null && break || sleep 0.05; done
rm busy/run.lock
expect 73 'busy: the run is in use by another process' "$banach" train --resume busy --quiet
expect 73 'busy: the run is in use by another process' "$banach" train "$problems/decay.toml" --out busy --force --quiet
mv busy elsewhere && mkdir busy
for _ in {1..1200}; do grep -q 'no longer the folder' said && break || sleep 0.05; done
kill -TERM $pid
wait $pid
[[ $? == 143 ]] || fail 'a moved run did not save'
[[ $(grep -c 'busy is no longer the folder of this run' said) == 1 && -z $(ls busy) ]] || fail "$(cat said)"
expect 0 '' "$banach" evaluate elsewhere

# A run is resumed by a process in another state.
rm -rf run && cp -r decay run
grep -q '"instruction_set": "baseline"' run/environment.json ||
  expect 0 'instruction set' env BANACH_ISA=baseline "$banach" train --resume run $longer --quiet
said=$(BANACH_ISA=baseline "$banach" train --resume run stage.0.steps=90 --quiet 2>&1 >/dev/null)
[[ -z $said ]] || fail "said twice: $said"
for verb in 'train --quiet --resume run stage.0.steps=100' 'evaluate run' 'predict run --grid 3 --force'; do
  # shellcheck disable=SC2086
  expect 78 'BANACH_ISA = "nonsense": there is no such instruction set; known: baseline, avx2, avx512' \
    env BANACH_ISA=nonsense "$banach" $verb
done

# What generate finds beside its file.
printf '[generator]\ntype = "antiderivative"\nsamples = 4\nfile = "out.h5"\n' >generator.toml
if "$banach" generate generator.toml --quiet >/dev/null 2>said; then
  rm out.h5
  ln -s "$PWD/victim" out.h5.partial
  for force in '' --force; do
    # shellcheck disable=SC2086
    expect 73 'out.h5.partial: ' "$banach" generate generator.toml --quiet $force
  done
  rm out.h5.partial && ln "$PWD/victim" out.h5.partial
  expect 73 'out.h5.partial: this file has 2 names' "$banach" generate generator.toml --quiet --force
  rm out.h5.partial && ln -s "$PWD/victim" .tmp-out.h5.partial
  expect 0 '' "$banach" generate generator.toml --quiet
  [[ $(cat victim) == precious ]] || fail 'generate wrote through a link'
else
  fail "generate: $(cat said)"
fi
exit $failed
