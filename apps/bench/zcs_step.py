# SPDX-License-Identifier: Apache-2.0
"""One training step of physics_deeponet.toml in eager PyTorch, with derivatives by zero coordinate shift
(Leng et al. 2023): one number is added to each coordinate of all points, the sum of all outputs times dummy
weights is differentiated by these numbers, and then by the weights. Terms that are linear in the solution
share the last pass. Parameters, functions, points and sources come from a file of float32 numbers; --loss
prints the loss of these. Timed in rounds (rounds.py)."""
import sys

import numpy
import torch

import rounds

functions, points, sensors, width = 64, 1000, 100, 128
numbers = torch.from_numpy(numpy.fromfile(sys.argv[1], numpy.float32))


def take(*shape):
    global numbers
    size = int(numpy.prod(shape))
    out, numbers = numbers[:size].reshape(shape).clone(), numbers[size:]
    return out


def perceptron(*widths):
    layers = []
    for a, b in zip(widths, widths[1:]):
        linear = torch.nn.Linear(a, b)
        with torch.no_grad():
            linear.weight.copy_(take(a, b).T)
            linear.bias.copy_(take(b))
        layers += [linear, torch.nn.Tanh()]
    return layers


values, place, source = take(functions, sensors), take(points, 2), take(functions, points)
trunk = torch.nn.Sequential(*perceptron(2, width, width, width))
branch = torch.nn.Sequential(*perceptron(sensors, width, width)[:-1])
bias = torch.nn.Parameter(take(1))
assert len(numbers) == 0
adam = torch.optim.Adam([*trunk.parameters(), *branch.parameters(), bias], lr=1e-3)
x, t = place[:, 0], place[:, 1]


def grad(y, by):
    return torch.autograd.grad(y, by, create_graph=True)[0]


def loss():
    shift_x, shift_t = (torch.zeros((), requires_grad=True) for _ in range(2))
    moved_x, moved_t = x + shift_x, t + shift_t
    features = trunk(torch.stack([2 * moved_x - 1, 2 * moved_t - 1], 1))
    s = 4 * moved_x * (1 - moved_x) * moved_t * (branch(values) @ features.T + bias)
    weights = torch.ones_like(s, requires_grad=True)
    total = (weights * s).sum()
    operator = grad(total, shift_t) - 0.01 * grad(grad(total, shift_x), shift_x)
    return (grad(operator, weights) - source).square().mean()


if "--loss" in sys.argv:
    print(loss().item())
else:
    for _ in range(5):
        rounds.descend(adam, loss())
    rounds.answer(lambda: rounds.descend(adam, loss()))
