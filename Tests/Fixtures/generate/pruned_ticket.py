"""Writes ../Golden/pruned.safetensors: a small network that torch.nn.utils.prune has pruned, as DataParallel names it."""

from pathlib import Path

import safetensors.torch
import torch
from torch.nn.utils import prune

torch.manual_seed(0)
network = torch.nn.ModuleDict(
    {"linear1": torch.nn.Linear(3, 2), "linear2": torch.nn.Linear(2, 2), "linear3": torch.nn.Linear(2, 2)}
)
prune.l1_unstructured(network["linear1"], "weight", amount=0.5)
prune.l1_unstructured(network["linear2"], "weight", amount=0.25)
state = {"module." + name: tensor.contiguous() for name, tensor in network.state_dict().items()}
safetensors.torch.save_file(state, Path(__file__).resolve().parent.parent / "Golden" / "pruned.safetensors")
