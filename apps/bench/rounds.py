# SPDX-License-Identifier: Apache-2.0
"""How a training step is timed: in rounds that another program asks for, so that it can alternate with
them (peer.hpp). On one thread, from one seed."""
import sys
import time

try:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
except ImportError:  # JAX has steps of its own
    torch = None


def descend(optimizer, loss):
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def answer(step, clock=time.thread_time):
    """Reads numbers of steps, a line each; prints CPU microseconds per step of so many. step() is one step,
    step(n) are n where it has a parameter."""
    several = step.__code__.co_argcount == 1
    for line in sys.stdin:
        steps = int(line)
        start = clock()
        if several:
            step(steps)
        else:
            for _ in range(steps):
                step()
        print((clock() - start) / steps * 1e6, flush=True)
