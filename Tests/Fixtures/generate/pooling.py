"""Golden values for the study of pooling: initial weights and first losses of each network, from PyTorch.

    python pooling.py       writes ../Golden/pooling.json
"""

import json
from pathlib import Path

import torch
from mnist1d.data import get_dataset_args, make_dataset
from networks import digest
from torch import nn
from torch.nn import functional as F

GOLDEN = Path(__file__).parent.parent / "Golden"

METHODS = {
    "none": (1, 800, lambda h: h),
    "stride": (2, 200, lambda h: h),
    "max": (1, 200, lambda h: F.max_pool1d(h, 2)),
    "average": (1, 200, lambda h: F.avg_pool1d(h, 2)),
    "l2": (1, 200, lambda h: F.lp_pool1d(h, 2.0, 2)),
}


class PoolingNetwork(nn.Module):
    def __init__(self, method):
        super().__init__()
        stride, features, self.pool = METHODS[method]
        self.conv1 = nn.Conv1d(1, 20, 3, stride=stride, padding=1)
        self.conv2 = nn.Conv1d(20, 20, 3, stride=stride, padding=1)
        self.linear = nn.Linear(features, 10)

    def forward(self, x):
        h = self.pool(self.conv1(x.view(-1, 1, 40)).relu())
        h = self.pool(self.conv2(h).relu())
        return self.linear(h.view(h.shape[0], -1))


def trajectory(method, x, y, steps=25):
    # Later on the network without pooling amplifies roundings, which decide on which side of a relu's kink an example
    # lies: at step 27 PyTorch's losses in single precision are 2e-7 to 8e-5 from those in double precision, depending on
    # nothing but the order of the examples within a batch.
    torch.manual_seed(42)
    model = PoolingNetwork(method)
    initial = {key: digest(value) for key, value in model.named_parameters()}
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for step in range(steps):
        start = step * 100 % len(x)
        loss = F.cross_entropy(model(x[start : start + 100]), y[start : start + 100])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"initial": initial, "losses": losses}


def main():
    args = get_dataset_args()
    args.num_samples, args.train_split = 2000, 0.5
    raw = make_dataset(args)
    x, y = torch.tensor(raw["x"], dtype=torch.float32), torch.tensor(raw["y"])
    result = {"torch": torch.__version__, "methods": {m: trajectory(m, x, y) for m in METHODS}}
    (GOLDEN / "pooling.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
