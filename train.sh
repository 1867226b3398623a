#!/usr/bin/env bash
# Trains the network as published, on P3M-10k or HPM-17K:
#   ./train.sh /path/to/P3M-10k [GPUS] [more arguments of `matting-studio train`, such as --set run.device=cpu]
# The run's folder is runs/published-DATE. To go on with one: matting-studio train --resume runs/published-DATE
set -euo pipefail

if (($# < 1)) || [[ ! -d $1/train ]]; then
    echo "Usage: $0 DATA [GPUS] [...]   DATA is the folder of P3M-10k or HPM-17K, with train/ in it." >&2
    exit 2
fi
data=$(cd "$1" && pwd)
shift
processes=1
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    processes=$1
    shift
fi
cd "$(dirname "$0")"

python=python3
[[ -x .venv/bin/python ]] && python=.venv/bin/python

sets=()
for folder in "$data"/validation/P3M-500-P "$data"/validation/P3M-500-NP "$data"/test; do
    [[ -d $folder ]] && sets+=("{name = \"$(basename "$folder")\", folder = \"$folder\"}")
done
validation=$(IFS=,; echo "${sets[*]-}")

settings=("data.photos.0.folder=$data" "data.validation=[$validation]")
# The paper gives the side heads half the weight on P3M-10k.
[[ -d $data/train/blurred_image ]] && settings+=("loss.side_heads=10.0")

start=("$python")
((processes > 1)) && start+=(-m torch.distributed.run --standalone "--nproc-per-node=$processes" --)
exec "${start[@]}" main.py train --config resources/recipes/published.toml \
    --run "runs/published-$(date +%Y%m%d-%H%M%S)" --set "${settings[@]}" "$@"
