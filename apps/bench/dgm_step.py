# SPDX-License-Identifier: Apache-2.0
"""One training step of fitzhugh_nagumo with a DGM network of 4 gated layers of 128 neurons in eager PyTorch:
autograd.grad for the derivatives, torch.optim.Adam, the start as one row. Timed in rounds (rounds.py)."""
import sys

import torch

import rounds

points = next((int(a) for a in sys.argv[1:] if a.isdigit()), 128)
width, layers = 128, 4


class Gate(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.point = torch.nn.Linear(1, width)
        self.state = torch.nn.Linear(width, width, bias=False)

    def forward(self, x, s):
        return torch.tanh(self.point(x) + self.state(s))


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.z, self.g, self.r, self.h = Gate(), Gate(), Gate(), Gate()

    def forward(self, x, s):
        return (1 - self.g(x, s)) * self.h(x, s * self.r(x, s)) + self.z(x, s) * s


class Dgm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(1, width)
        self.layers = torch.nn.ModuleList(Layer() for _ in range(layers))
        self.last = torch.nn.Linear(width, 2)

    def forward(self, x):
        s = torch.tanh(self.first(x))
        for layer in self.layers:
            s = layer(x, s)
        return self.last(s)


net = Dgm()
adam = torch.optim.Adam(net.parameters(), lr=1e-4)
start = torch.tensor([[0.0, 0.0]])


def step():
    t = (torch.rand(points, 1) * 30).requires_grad_(True)
    u = net(t)
    v, w = u[:, :1], u[:, 1:]
    one = torch.ones_like(v)
    v_t = torch.autograd.grad(v, t, one, create_graph=True)[0]
    w_t = torch.autograd.grad(w, t, one, create_graph=True)[0]
    loss = (v_t - (v - v**3 / 3 - w + 0.5)).square().mean() + (w_t - 0.08 * (v + 0.7 - 0.8 * w)).square().mean()
    loss = loss + (net(torch.zeros(1, 1)) - start).square().sum()
    rounds.descend(adam, loss)


for _ in range(10):
    step()
rounds.answer(step)
