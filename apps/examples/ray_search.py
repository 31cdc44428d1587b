#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Ray Tune searches, Banach trains: python3 ray_search.py heat.toml (banach on the PATH)
import json, os, subprocess, sys
from ray import tune

def train(config):
    words = [word for item in config.items() for word in ("--override", "%s=%s" % item)]
    child = subprocess.Popen(["banach", "train", base, *words, "--out", "run", "--quiet",
                              "--report", "--override", "threads=1"],
                             stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        if line.startswith('{"type":"report"'):
            report = json.loads(line)
            tune.report({"loss": report["value"], "step": report["step"]})
    if child.wait() != 0:
        raise RuntimeError(f"banach train ended with {child.returncode}")

base = os.path.abspath(sys.argv[1])
space = {"stage.0.lr": tune.loguniform(1e-4, 1e-1), "sampling.points": tune.randint(1, 512)}
scheduler = tune.schedulers.AsyncHyperBandScheduler(time_attr="step", max_t=50000, grace_period=1000)
settings = tune.TuneConfig(metric="loss", mode="min", num_samples=10, scheduler=scheduler)
best = tune.Tuner(train, param_space=space, tune_config=settings).fit().get_best_result()
print(best.metrics["loss"], best.config)
