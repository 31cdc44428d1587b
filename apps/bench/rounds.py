# SPDX-License-Identifier: Apache-2.0
"""How a training step is timed: in rounds that another program asks for, so that it can alternate with
them (peer.hpp). On one thread, from one seed."""
import sys
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(0)


def descend(optimizer, loss):
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def answer(step):
    """Reads numbers of steps, a line each; prints thread CPU microseconds per step of so many."""
    for line in sys.stdin:
        steps = int(line)
        start = time.thread_time()
        for _ in range(steps):
            step()
        print((time.thread_time() - start) / steps * 1e6, flush=True)
