# SPDX-License-Identifier: Apache-2.0
"""One training step of the networks of operators.cpp in eager PyTorch: operator_step.py fno [--grid=N]
[--modes=M,N], or deeponet; `neuraloperator` is the FNO of that library, without its channel MLP. Timed in
rounds (rounds.py)."""
import argparse

import torch

import rounds


class Spectral(torch.nn.Module):
    """Frequencies 0 .. modes[1] - 1 of the last axis, 1 - modes[0] .. modes[0] - 1 of the first."""

    def __init__(self, width, modes):
        super().__init__()
        self.modes = modes
        scale = 1 / width
        self.low = torch.nn.Parameter(scale * torch.randn(width, width, modes[0], modes[1], dtype=torch.cfloat))
        self.high = torch.nn.Parameter(scale * torch.randn(width, width, modes[0] - 1, modes[1], dtype=torch.cfloat))

    def forward(self, x):
        m, n = self.modes
        f = torch.fft.rfft2(x, norm="forward")
        out = torch.zeros_like(f)
        out[:, :, :m, :n] = torch.einsum("bixy,ioxy->boxy", f[:, :, :m, :n], self.low)
        out[:, :, 1 - m:, :n] = torch.einsum("bixy,ioxy->boxy", f[:, :, 1 - m:, :n], self.high)
        return torch.fft.irfft2(out, s=x.shape[-2:], norm="forward")


class Fno(torch.nn.Module):
    def __init__(self, width=32, modes=(12, 12), depth=4, projection=128):
        super().__init__()
        self.lift = torch.nn.Conv2d(3, width, 1)
        self.spectral = torch.nn.ModuleList(Spectral(width, modes) for _ in range(depth))
        self.skip = torch.nn.ModuleList(torch.nn.Conv2d(width, width, 1) for _ in range(depth))
        self.hidden = torch.nn.Conv2d(width, projection, 1)
        self.last = torch.nn.Conv2d(projection, 1, 1)

    def forward(self, a):
        n = a.shape[-1]
        x = torch.linspace(0, 1, n).view(1, 1, n, 1).expand(a.shape[0], 1, n, n)
        h = self.lift(torch.cat([a, x, x.transpose(2, 3)], 1))
        for i, (spectral, skip) in enumerate(zip(self.spectral, self.skip)):
            h = spectral(h) + skip(h)
            if i + 1 < len(self.skip):
                h = torch.nn.functional.gelu(h)
        return self.last(torch.nn.functional.gelu(self.hidden(h)))


class DeepOnet(torch.nn.Module):
    def __init__(self):
        super().__init__()

        def perceptron(*widths):
            layers = []
            for a, b in zip(widths, widths[1:]):
                layers += [torch.nn.Linear(a, b), torch.nn.Tanh()]
            return torch.nn.Sequential(*layers[:-1])

        self.branch = perceptron(100, 128, 128)
        self.trunk = torch.nn.Sequential(perceptron(2, 128, 128, 128), torch.nn.Tanh())
        self.bias = torch.nn.Parameter(torch.zeros(1))

    def forward(self, inputs):
        functions, points = inputs
        return self.branch(functions) @ self.trunk(points).T + self.bias


options = argparse.ArgumentParser()
options.add_argument("network", choices=["fno", "neuraloperator", "deeponet"])
options.add_argument("--grid", type=int, default=64)
options.add_argument("--modes", type=lambda text: [int(m) for m in text.split(",")], default=[12, 12])
options = options.parse_args()
if options.network != "deeponet":
    shape = 16, 1, options.grid, options.grid
    data, target = torch.randn(shape), torch.randn(shape)
    if options.network == "fno":
        net = Fno(modes=options.modes)
    else:
        from neuralop.models import FNO

        net = FNO(n_modes=(2 * options.modes[0] - 1, 2 * options.modes[1] - 1), in_channels=1, out_channels=1,
                  hidden_channels=32, n_layers=4, lifting_channel_ratio=0, projection_channel_ratio=4,
                  use_channel_mlp=False)
else:
    net, data, target = DeepOnet(), (torch.randn(64, 100), torch.rand(1000, 2)), torch.randn(64, 1000)
adam = torch.optim.Adam(net.parameters(), lr=1e-4)


def step():
    loss = (net(data) - target).square().mean()
    rounds.descend(adam, loss)


step()
rounds.answer(step)
