"""The layouts that the writers are measured on, and frames that look like a microscope's."""

import numpy as np


def _dimension(name, kind, size, chunk, per_shard):
    return {"name": name, "kind": kind, "array_size_px": size, "chunk_size_px": chunk, "shard_size_chunks": per_shard}


def _movie(side, chunk, depth, shard_depth):
    """Square frames over time; a shard is as wide as the frame."""
    return [
        _dimension("x", "Space", side, chunk, side // chunk),
        _dimension("y", "Space", side, chunk, side // chunk),
        _dimension("t", "Time", 0, depth, shard_depth),
    ]


TUTORIAL = [
    _dimension("x", "Space", 1920, 960, 2),
    _dimension("y", "Space", 1080, 540, 2),
    _dimension("z", "Space", 10, 5, 2),
    _dimension("c", "Channel", 3, 1, 3),
    _dimension("t", "Time", 0, 10, 1),
]

LAYOUTS = {
    "A": {"frame": [2048, 2048], "dtype": "uint16", "frames": 256, "dimensions": _movie(2048, 512, 16, 2)},
    "B": {"frame": [1024, 1024], "dtype": "uint16", "frames": 1024, "dimensions": _movie(1024, 256, 64, 1)},
    "C": {"frame": [1080, 1920], "dtype": "uint8", "frames": 900, "dimensions": TUTORIAL},
}


def cases():
    """Name -> case; the letters are those that ARCHITECTURE.md's tables use."""
    table = {
        f"{letter}-{codec.removeprefix('blosc-')}": {**layout, "codec": codec, "multiscale": None}
        for letter, layout in LAYOUTS.items()
        for codec in ("none", "blosc-lz4", "blosc-zstd")
    }
    table["D-lz4-mean"] = {**LAYOUTS["A"], "frames": 128, "codec": "blosc-lz4", "multiscale": "mean"}
    for name, case in table.items():
        case.update(case=name, level=1, ring_frames=32)
    return table


def frames(case):
    """A ring of frames: spots under photon noise in 16 bits, a radial sine in 8."""
    height, width = case["frame"]
    random = np.random.default_rng(2026)
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None, :]
    if case["dtype"] == "uint8":
        phase = 0.0628 * ((columns - width / 2) ** 2 + (rows - height / 2) ** 2)
        return np.stack([(127 * (np.sin(phase + 4.396 * i) + 1)).astype(np.uint8) for i in range(case["ring_frames"])])
    scene = np.full((height, width), 100, np.float32)
    for _ in range(60):
        centre, sigma, peak = random.uniform(0, (height, width)), random.uniform(4, 40), random.uniform(50, 2000)
        low = np.maximum(0, centre - 4 * sigma).astype(int)
        high = (centre + 4 * sigma).astype(int)
        window = (slice(low[0], high[0]), slice(low[1], high[1]))
        distance = (rows[window[0]] - centre[0]) ** 2 + (columns[:, window[1]] - centre[1]) ** 2
        scene[window] += peak * np.exp(-distance / (2 * sigma**2))
    return np.stack([random.poisson(scene).astype(np.uint16) for _ in range(case["ring_frames"])])
