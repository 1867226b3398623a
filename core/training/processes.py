"""The processes that share a training, as torchrun starts them; one process is the plain case."""

import os
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from core.errors import ConfigError
from core.network import MTGINet
from core.training.batches import Part
from core.training.config import ScheduleConfig

PATIENCE = timedelta(days=1)
"""The others wait while the first one validates, which may take longer than PyTorch's half an hour."""


@dataclass(frozen=True)
class Processes:
    rank: int
    count: int
    local_rank: int

    @property
    def part(self) -> Part:
        return Part(self.rank, self.count)

    @property
    def leads(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0


def join_processes() -> Processes:
    """Join the group that torchrun describes in the environment; alone without torchrun."""
    if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
        return Processes(0, 1, 0)
    if not distributed.is_initialized():
        # Each backend serves the tensors of its own device, whichever the run turns out to use. Windows has no NCCL.
        has_nccl = torch.cuda.is_available() and distributed.is_nccl_available()
        distributed.init_process_group("cpu:gloo,cuda:nccl" if has_nccl else "gloo", timeout=PATIENCE)
    return Processes(distributed.get_rank(), distributed.get_world_size(), int(os.environ.get("LOCAL_RANK", "0")))


def leave_processes() -> None:
    if distributed.is_initialized():
        distributed.destroy_process_group()


def any_process(flag: bool, device: torch.device, processes: Processes) -> bool:
    """Whether the flag is set in any of the processes; every process must ask, and all get the same answer."""
    if processes.count == 1:
        return flag
    flags = torch.tensor(float(flag), device=device)
    distributed.all_reduce(flags, distributed.ReduceOp.MAX)
    return bool(flags)


def meet(processes: Processes) -> None:
    """Wait here until all processes have come here."""
    any_process(False, torch.device("cpu"), processes)


def share(network: MTGINet, device: torch.device, processes: Processes) -> nn.Module:
    """The network whose gradients are averaged over the processes; batch statistics too, on GPUs."""
    if processes.count == 1:
        return network
    if device.type == "cuda":
        synchronise_norms(network)
        return DistributedDataParallel(network, device_ids=[device.index])
    return DistributedDataParallel(network)


def check_parts(schedule: ScheduleConfig, device: torch.device, processes: Processes) -> None:
    """Raises ConfigError where each process would take the statistics of one crop alone, as `share` lets them."""
    least = 2 * processes.count
    for number, stage in enumerate(schedule.stages):
        if device.type != "cuda" and stage.batch_size < least:
            raise ConfigError(
                f"schedule.stages.{number}.batch_size is {stage.batch_size}, of which {processes.count} processes have "
                f"one crop each, and batch statistics need two: set it to {least} or more, or start fewer processes."
            )


def synchronise_norms(network: MTGINet) -> None:
    nn.SyncBatchNorm.convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]
