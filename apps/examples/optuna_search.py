#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Optuna searches, Banach trains: python3 optuna_search.py heat.toml (banach on the PATH)
import json, subprocess, sys
import optuna

def objective(trial):
    overrides = {"stage.0.lr": trial.suggest_float("lr", 1e-4, 1e-1, log=True),
                 "sampling.points": trial.suggest_int("points", 1, 511)}
    words = [word for item in overrides.items() for word in ("--override", "%s=%s" % item)]
    run = f"runs/optuna/{trial.number}"
    child = subprocess.Popen(["banach", "train", sys.argv[1], *words, "--out", run, "--quiet",
                              "--report", "--force"], stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        if line.startswith('{"type":"report"'):
            report = json.loads(line)
            value = report["value"]  # null: not finite
            trial.report(float("nan") if value is None else value, report["step"])
            if trial.should_prune():
                child.terminate()  # it saves and ends with 143
                raise optuna.TrialPruned()
    return json.load(open(f"{run}/result.json"))["score"] if child.wait() == 0 else None
study = optuna.create_study(pruner=optuna.pruners.MedianPruner())
study.optimize(objective, n_trials=int(sys.argv[2]) if len(sys.argv) > 2 else 30)
print(study.best_value, study.best_params)
