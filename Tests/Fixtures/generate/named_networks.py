"""Golden losses of the networks that can be named besides the paper's, from PyTorch: the same starts, the same steps.

    python named_networks.py       writes ../Golden/named_networks.json
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

GOLDEN = Path(__file__).parent.parent / "Golden"
STEPS = 12


class DeepMLP(nn.Module):
    def __init__(self, widths=(100, 100), residual=False):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip((40, *widths), widths))
        self.output, self.residual = nn.Linear(widths[-1], 10), residual

    def forward(self, x):
        h = self.layers[0](x).relu()
        for layer in self.layers[1:]:
            h = h + layer(h).relu() if self.residual else layer(h).relu()
        return self.output(h)


class ResNetBlock(nn.Module):
    def __init__(self, c, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv1d(c, c, 3, stride, 1, bias=False), nn.BatchNorm1d(c)
        self.conv2, self.norm2 = nn.Conv1d(c, c, 3, 1, 1, bias=False), nn.BatchNorm1d(c)
        self.projection = nn.Conv1d(c, c, 1, stride, bias=False) if stride > 1 else nn.Identity()

    def forward(self, x):
        return (self.norm2(self.conv2(self.norm1(self.conv1(x)).relu())) + self.projection(x)).relu()


class ResNet(nn.Module):
    def __init__(self, c=25):
        super().__init__()
        self.conv, self.norm = nn.Conv1d(1, c, 3, 1, 1, bias=False), nn.BatchNorm1d(c)
        self.blocks = nn.ModuleList(ResNetBlock(c, 1 if i == 0 else 2) for i in range(3))
        self.linear = nn.Linear(c, 10)

    def forward(self, x):
        h = self.norm(self.conv(x[:, None])).relu()
        for block in self.blocks:
            h = block(h)
        return self.linear(h.mean(2))


class TCNBlock(nn.Module):
    def __init__(self, inputs, c, dilation):
        super().__init__()
        self.reach = 2 * dilation
        self.conv1 = nn.Conv1d(inputs, c, 3, dilation=dilation)
        self.conv2 = nn.Conv1d(c, c, 3, dilation=dilation)
        self.projection = nn.Conv1d(inputs, c, 1) if inputs != c else nn.Identity()

    def forward(self, x):
        h = self.conv1(F.pad(x, (self.reach, 0))).relu()
        y = self.conv2(F.pad(h, (self.reach, 0))).relu()
        return (y + self.projection(x)).relu()


class TCN(nn.Module):
    def __init__(self, c=25):
        super().__init__()
        self.blocks = nn.ModuleList(TCNBlock(1 if i == 0 else c, c, 1 << i) for i in range(4))
        self.linear = nn.Linear(c, 10)

    def forward(self, x):
        h = x[:, None]
        for block in self.blocks:
            h = block(h)
        return self.linear(h[:, :, -1])


class LocallyConnected(nn.Module):
    def __init__(self, inputs, outputs, length, kernel):
        super().__init__()
        self.kernel, positions = kernel, (length + 2 - kernel) // 2 + 1
        bound = (inputs * kernel) ** -0.5
        self.weight = nn.Parameter(torch.empty(positions, outputs, kernel, inputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(positions * outputs).uniform_(-bound, bound).reshape(positions, outputs))

    def forward(self, x):
        windows = F.pad(x, (1, 1)).unfold(2, self.kernel, 2)  # [batch, inputs, positions, kernel]
        return (torch.einsum("bipk,poki->bpo", windows, self.weight) + self.bias).transpose(1, 2)


class Local(nn.Module):
    def __init__(self, c=25):
        super().__init__()
        self.layers = nn.ModuleList(
            LocallyConnected(*shape) for shape in [(1, c, 40, 5), (c, c, 19, 3), (c, c, 10, 3)]
        )
        self.linear = nn.Linear(5 * c, 10)

    def forward(self, x):
        h = x[:, None]
        for layer in self.layers:
            h = layer(h).relu()
        return self.linear(h.flatten(1))


class MixerBlock(nn.Module):
    def __init__(self, patches, features, hidden):
        super().__init__()
        self.norm1 = nn.LayerNorm(features)
        self.patches = nn.ModuleList([nn.Linear(patches, hidden), nn.Linear(hidden, patches)])
        self.norm2 = nn.LayerNorm(features)
        self.features = nn.ModuleList([nn.Linear(features, hidden), nn.Linear(hidden, features)])

    def forward(self, x):
        x = x + self.patches[1](F.gelu(self.patches[0](self.norm1(x).transpose(1, 2)))).transpose(1, 2)
        return x + self.features[1](F.gelu(self.features[0](self.norm2(x))))


class Mixer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Linear(4, 32)
        self.blocks = nn.ModuleList(MixerBlock(10, 32, 64) for _ in range(3))
        self.norm, self.linear = nn.LayerNorm(32), nn.Linear(32, 10)

    def forward(self, x):
        h = self.embedding(x.reshape(-1, 10, 4))
        for block in self.blocks:
            h = block(h)
        return self.linear(self.norm(h).mean(1))


class Transformer(nn.Module):
    def __init__(self, positions=True):
        super().__init__()
        self.embedding = nn.Linear(4, 32)
        self.positions = nn.Parameter(torch.empty(10, 32).normal_(0, 0.02)) if positions else None
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(32, 4, 128, 0, "gelu", batch_first=True, norm_first=True) for _ in range(2)
        )
        self.norm, self.linear = nn.LayerNorm(32), nn.Linear(32, 10)

    def forward(self, x):
        h = self.embedding(x.reshape(-1, 10, 4))
        if self.positions is not None:
            h = h + self.positions
        for block in self.blocks:
            h = block(h)
        return self.linear(self.norm(h).mean(1))


NETWORKS = {
    "deep-mlp": DeepMLP,
    "deep-mlp widths=30,20,50": lambda: DeepMLP((30, 20, 50)),
    "residual-mlp depth=4": lambda: DeepMLP((100,) * 4, residual=True),
    "resnet": ResNet,
    "tcn": TCN,
    "local": Local,
    "mixer": Mixer,
    "transformer": Transformer,
    "transformer positions=false": lambda: Transformer(False),
}


def golden(make):
    data = torch.randn(100, 40, generator=torch.Generator().manual_seed(2))
    labels = torch.arange(100) % 10
    torch.manual_seed(1)
    network = make()
    optimizer, losses = torch.optim.SGD(network.parameters(), lr=0.05), []
    for step in range(STEPS):
        batch = slice(20 * step % 100, 20 * step % 100 + 20)
        optimizer.zero_grad()
        loss = F.cross_entropy(network(data[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        losses.append(float(f"{loss.item():.7g}"))
    network.eval()
    with torch.no_grad():
        final = F.cross_entropy(network(data), labels).item()
    return {
        "parameters": sum(p.numel() for p in network.parameters()),
        "names": [name for name, _ in network.named_parameters()],
        "losses": losses,
        "final": float(f"{final:.7g}"),
    }


def main():
    result = {name: golden(make) for name, make in NETWORKS.items()}
    (GOLDEN / "named_networks.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
