# SPDX-License-Identifier: Apache-2.0
"""One training step of heat_primer.toml in JAX: forward-mode derivatives of the network, compiled as a
whole with fresh points and Adam. CPU time of all its threads, held to one (rounds.py)."""
import os
import sys
import time

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
import jax
import jax.numpy as jnp

import rounds

points = next((int(a) for a in sys.argv[1:] if a.isdigit()), 64)
jax.config.update("jax_platforms", "cpu")
if "float64" in sys.argv:
    jax.config.update("jax_enable_x64", True)

widths = (2, 32, 32, 32, 1)
keys = jax.random.split(jax.random.PRNGKey(0), len(widths))
weights = [(jax.random.normal(k, (a, b)) / jnp.sqrt(a), jnp.zeros(b)) for k, a, b in zip(keys, widths, widths[1:])]


def net(weights, x, t):
    h = jnp.stack([x, t])
    for w, b in weights[:-1]:
        h = jnp.tanh(h @ w + b)
    w, b = weights[-1]
    return (h @ w + b)[0]


def residual(weights, x, t):
    one = jnp.ones_like(x)
    _, u_t = jax.jvp(lambda s: net(weights, x, s), (t,), (one,))
    _, u_xx = jax.jvp(lambda s: jax.jvp(lambda r: net(weights, r, t), (s,), (one,))[1], (x,), (one,))
    return u_t - u_xx


def loss(weights, key):
    u = jax.random.uniform(key, (5, points))
    x, t = u[0] * jnp.pi, u[1] * 3
    value = jax.vmap(net, (None, 0, 0))
    out = jnp.mean(jax.vmap(residual, (None, 0, 0))(weights, x, t) ** 2)
    out += jnp.mean((value(weights, u[2] * jnp.pi, jnp.zeros(points)) - jnp.sin(u[2] * jnp.pi)) ** 2)
    for side, times in ((0.0, u[3]), (jnp.pi, u[4])):
        out += jnp.mean(value(weights, jnp.full(points, side), times * 3) ** 2)
    return out


@jax.jit
def adam(state):
    weights, m, v, n, key = state
    key, now = jax.random.split(key)
    g = jax.grad(loss)(weights, now)
    n = n + 1
    m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
    v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
    rate = 1e-4 * jnp.sqrt(1 - 0.999**n) / (1 - 0.9**n)
    return jax.tree.map(lambda w, a, b: w - rate * a / (jnp.sqrt(b) + 1e-8), weights, m, v), m, v, n, key


zeros = jax.tree.map(jnp.zeros_like, weights)
state = (weights, zeros, zeros, 0.0, jax.random.PRNGKey(1))


def steps(n):
    global state
    for _ in range(n):
        state = adam(state)
    jax.block_until_ready(state)


steps(20)
rounds.answer(steps, time.process_time)
