# SPDX-License-Identifier: Apache-2.0
"""Training steps of the problem and the network of heat_primer.toml in DeepXDE, with as many points for
each condition; it keeps them, and asks the equation at all of them. Timed in rounds (rounds.py)."""
import contextlib
import os
import sys

os.environ.setdefault("DDE_BACKEND", "pytorch")
with contextlib.redirect_stdout(sys.stderr):
    import deepxde
import numpy

import rounds

points = next((int(a) for a in sys.argv[1:] if a.isdigit()), 64)
if "float64" in sys.argv:
    with contextlib.redirect_stdout(sys.stderr):
        deepxde.config.set_default_float("float64")
domain = deepxde.geometry.GeometryXTime(deepxde.geometry.Interval(0, numpy.pi), deepxde.geometry.TimeDomain(0, 3))


def equation(x, u):
    return deepxde.grad.jacobian(u, x, i=0, j=1) - deepxde.grad.hessian(u, x, i=0, j=0)


conditions = [deepxde.icbc.IC(domain, lambda x: numpy.sin(x[:, 0:1]), lambda _, initial: initial),
              deepxde.icbc.DirichletBC(domain, lambda x: 0, lambda _, boundary: boundary)]
data = deepxde.data.TimePDE(domain, equation, conditions, num_domain=points, num_initial=points,
                            num_boundary=2 * points)
model = deepxde.Model(data, deepxde.nn.FNN([2, 32, 32, 32, 1], "tanh", "Glorot normal"))


def steps(n):
    with contextlib.redirect_stdout(sys.stderr), open(os.devnull, "w") as silence, contextlib.redirect_stderr(silence):
        model.train(iterations=n, display_every=10**9, verbose=0)


with contextlib.redirect_stdout(sys.stderr):
    model.compile("adam", lr=1e-4, verbose=0)
steps(20)
rounds.answer(steps)
