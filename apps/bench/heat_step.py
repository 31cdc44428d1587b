# SPDX-License-Identifier: Apache-2.0
"""One training step of heat_primer.toml in eager PyTorch: nested autograd.grad, torch.optim.Adam, one
forward per term, no printing. Timed in rounds (rounds.py)."""
import sys

import torch

import rounds

dtype = torch.float64 if "float64" in sys.argv else torch.float32
points = next((int(a) for a in sys.argv[1:] if a.isdigit()), 64)
torch.set_default_dtype(dtype)

layers = []
for inputs, outputs in ((2, 32), (32, 32), (32, 32)):
    layers += [torch.nn.Linear(inputs, outputs), torch.nn.Tanh()]
net = torch.nn.Sequential(*layers, torch.nn.Linear(32, 1))
adam = torch.optim.Adam(net.parameters(), lr=1e-4)
one = torch.ones(points, 1)
zero = torch.zeros(points, 1)


def step():
    x = (torch.rand(points, 1) * torch.pi).requires_grad_(True)
    t = (torch.rand(points, 1) * 3).requires_grad_(True)
    u = net(torch.cat([x, t], 1))
    u_x, u_t = torch.autograd.grad(u, (x, t), one, create_graph=True)
    u_xx = torch.autograd.grad(u_x, x, one, create_graph=True)[0]
    loss = (u_t - u_xx).square().mean()
    xi = torch.rand(points, 1) * torch.pi
    loss = loss + (net(torch.cat([xi, zero], 1)) - torch.sin(xi)).square().mean()
    for side in (0.0, torch.pi):
        tb = torch.rand(points, 1) * 3
        loss = loss + net(torch.cat([torch.full_like(tb, side), tb], 1)).square().mean()
    rounds.descend(adam, loss)


for _ in range(50):
    step()
rounds.answer(step)
