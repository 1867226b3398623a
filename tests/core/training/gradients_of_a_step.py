"""Run as a program, alone or by torchrun: writes the gradients of the first step of a run.

python gradients_of_a_step.py CONFIG.json RUN_FOLDER OUT.pt
"""

import gc
import json
import sys
from pathlib import Path

import torch
from torch import nn

from core.training.config import parse_config
from core.training.loop import Trainer
from core.training.processes import Processes, join_processes, leave_processes
from core.training.run import RunFolder


def write_gradients(config: Path, folder: Path, out: Path, processes: Processes) -> None:
    trainer = Trainer(parse_config(json.loads(config.read_text())), RunFolder(folder), processes)
    for module in trainer.state.network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()  # its statistics would be those of a part of the batch
    losses = trainer.losses(next(trainer.drawn_batches()))
    torch.stack(list(losses.values())).sum().backward()
    if processes.leads:
        gradients = {name: weight.grad for name, weight in trainer.state.network.named_parameters()}
        torch.save({name: gradient for name, gradient in gradients.items() if gradient is not None}, out)


if __name__ == "__main__":
    processes = join_processes()
    write_gradients(*(Path(argument) for argument in sys.argv[1:]), processes)
    gc.collect()  # a network that is shared still holds the group, whose threads abort the interpreter's end
    leave_processes()
