#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Optuna's TPE on the search toy of tpe_quality_test.cpp: mean best value of 60 trials over paired seeds.
# Run: python3 tests/study/search_toy_optuna.py [SEEDS] (Debian 12: apt install python3-optuna, 3.1.0).
import math
import statistics
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def toy(trial):
    lr = trial.suggest_float("lr", 1e-4, 1e-1, log=True)
    batch = trial.suggest_int("batch", 1, 511)
    steps = trial.suggest_int("steps", 1000, 49999)
    return (
        (math.log10(lr) + 2.5) ** 2
        + 0.03 * (math.log2(batch) - 5) ** 2
        + 2 / math.sqrt(steps / 1000)
    )


def best(sampler):
    study = optuna.create_study(sampler=sampler)
    study.optimize(toy, n_trials=60)
    return study.best_value


count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
for name, sampler in ("tpe", optuna.samplers.TPESampler), ("random", optuna.samplers.RandomSampler):
    values = [best(sampler(seed=seed)) for seed in range(count)]
    error = statistics.stdev(values) / math.sqrt(count)
    print(f"optuna {optuna.__version__} {name}: mean best {statistics.mean(values):.5f} "
          f"(standard error {error:.5f}) over {count} seeds", flush=True)
