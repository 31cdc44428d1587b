#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Slurm repeats, Banach trains: sbatch slurm_array.sh heat.toml (banach on the PATH). One task per
# learning rate and seed; near its time limit a task saves, ends with 75 and queues again.
#SBATCH --array=0-8
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
#SBATCH --signal=B:USR1@60
#SBATCH --requeue
rates=(1e-2 1e-3 1e-4)
task=$SLURM_ARRAY_TASK_ID
run=runs/array/$task
words=("$1" --override "stage.0.lr=${rates[task / 3]}" --seed $((task % 3)) --threads 1 --out "$run")
if [[ -e $run/resolved.toml ]]; then words=(--resume "$run"); fi
banach train "${words[@]}" --quiet --result-json "$run.json" &
trained=$!
trap 'kill -USR1 $trained' USR1
wait $trained
code=$?
while kill -0 $trained 2>/dev/null; do # the signal ended the waiting, not the training
  wait $trained
  code=$?
done
if ((code == 75)) && command -v scontrol >/dev/null; then scontrol requeue "$SLURM_JOB_ID"; fi
exit $code
