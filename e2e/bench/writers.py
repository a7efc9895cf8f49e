"""Our writer beside its peers: same frames, same run, interleaved; every store is read back by zarr-python.

    python writers.py --zarrcam "COMMAND" [--cases A-none,C-lz4] [--repeats 3] [--dir FOLDER] [--without-peers]

Prints medians and their ratios to acquire-zarr. `synced` counts the time that a sync after closing takes.
"""

import argparse
import json
import math
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import zarr

from cases import cases, frames
from peers import WRITERS


def first_array(store):
    """The full level: the store itself, `0` in it, or `0/0`; not every writer makes groups of what lies above."""
    path = Path(store)
    while not (path / "zarr.json").exists() or json.loads((path / "zarr.json").read_text())["node_type"] == "group":
        path = path / "0"
        if not path.exists():
            raise FileNotFoundError(f"{store} holds no array")
    return zarr.open(path, mode="r")


def wrong(case, ring):
    """What is wrong with the store, or None: shape, chunks and a dozen frames bit for bit."""
    array = first_array(case["store"])
    inner = [d["array_size_px"] for d in case["dimensions"][2:-1]][::-1]
    steps = math.ceil(case["frames"] / math.prod(inner))
    if array.shape != (steps, *inner, *case["frame"]):
        return f"shape {array.shape}"
    if array.chunks != tuple(d["chunk_size_px"] for d in case["dimensions"][::-1]):
        return f"chunks {array.chunks}"
    picked = [0, case["frames"] - 1, *np.random.default_rng(3).integers(0, case["frames"], 10)]
    for frame_index in map(int, picked):
        index = tuple(map(int, np.unravel_index(frame_index, (steps, *inner))))
        if not np.array_equal(array[index], ring[frame_index % len(ring)]):
            return f"frame {frame_index} differs"
    return None


def measure(command, case, ring):
    shutil.rmtree(case["store"], ignore_errors=True)
    os.sync()
    done = subprocess.run([*command, json.dumps(case)], capture_output=True, text=True)
    line = next((line for line in done.stdout.splitlines() if line.startswith("{")), None)
    if done.returncode or line is None:
        return {"error": (done.stderr or done.stdout).strip()[-300:]}
    row = json.loads(line)
    start = time.perf_counter()
    os.sync()
    synced_s = row["wall_s"] + time.perf_counter() - start
    if problem := wrong(case, ring):
        return {"error": problem}
    size = case["frames"] * ring[0].nbytes / 1e9
    stored = sum(path.stat().st_size for path in Path(case["store"]).rglob("*") if path.is_file()) / 1e9
    return {
        "GB/s": size / row["wall_s"],
        "synced": size / synced_s,
        "p50 ms": row["append_ms"]["p50"],
        "p99 ms": row["append_ms"]["p99"],
        "max ms": row["append_ms"]["max"],
        "MiB": row["rss_peak_mib"] - row["rss_base_mib"],
        "CPU s/GB": row["cpu_s"] / size,
        "shrunk": size / stored,
    }


def sequential_gb_s(folder):
    """What plain sequential writing reaches here now, to set the rest in proportion."""
    block = os.urandom(1 << 22)
    path = Path(folder) / "sequential"
    start = time.perf_counter()
    with open(path, "wb", buffering=0) as file:
        for _ in range(256):
            file.write(block)
    rate = 256 * len(block) / (time.perf_counter() - start) / 1e9
    path.unlink()
    return rate


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zarrcam", required=True)
    parser.add_argument("--cases", default=",".join(cases()))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--dir", default=tempfile.gettempdir())
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    commands = {"zarrcam": shlex.split(options.zarrcam)}
    if not options.without_peers:
        here = str(Path(__file__).with_name("peers.py"))
        commands |= {name: [sys.executable, here, name] for name in WRITERS}
    with tempfile.TemporaryDirectory(dir=options.dir, prefix="zarrcam-bench-") as folder:
        print(f"plain sequential writing: {sequential_gb_s(folder):.2f} GB/s", flush=True)
        failed = False
        for name in options.cases.split(","):
            case = cases()[name] | {"store": f"{folder}/out.zarr", "ring": f"{folder}/ring.raw"}
            ring = frames(case)
            ring.tofile(case["ring"])
            rows = {writer: [] for writer in commands if not (case["multiscale"] and writer == "tensorstore")}
            for _ in range(options.repeats):
                for writer in rows:
                    rows[writer].append(measure(commands[writer], case, ring))
            medians = {}
            for writer, runs in rows.items():
                good = [run for run in runs if "error" not in run]
                if len(good) < len(runs):
                    print(f"{name:11} {writer:13} FAILED {next(run['error'] for run in runs if 'error' in run)}", flush=True)
                    failed |= writer == "zarrcam"
                if good:
                    medians[writer] = {key: statistics.median(run[key] for run in good) for key in good[0]}
            for writer, row in medians.items():
                figures = "  ".join(f"{key} {value:.2f}" for key, value in row.items())
                peer = medians.get("acquire-zarr")
                ratio = f"  = {row['GB/s'] / peer['GB/s']:.2f} x acquire-zarr" if peer and writer == "zarrcam" else ""
                print(f"{name:11} {writer:13} {figures}{ratio}", flush=True)
        sys.exit(failed)


if __name__ == "__main__":
    main()
