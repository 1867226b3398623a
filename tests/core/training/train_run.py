"""Run as a program, alone or by torchrun: trains a new run.

python train_run.py CONFIG.json RUN_FOLDER
"""

import json
import sys
from pathlib import Path

from core.training.config import parse_config
from core.training.loop import Trainer
from core.training.processes import join_processes, leave_processes
from core.training.run import RunFolder

if __name__ == "__main__":
    config, folder = (Path(argument) for argument in sys.argv[1:])
    processes = join_processes()
    Trainer(parse_config(json.loads(config.read_text())), RunFolder(folder), processes).train()
    leave_processes()
