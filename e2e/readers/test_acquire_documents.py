"""The documents that Acquire 0.3.0 saved for its devices, recorded as they are and read back by zarr-python and tifffile."""

import json

import numpy as np
import pytest
import tifffile
import zarr

from commandline import ROOT
from documents import radial_sine

SAVED = sorted((ROOT / "native/config/tests/fixtures/saved-by-acquire-0.3.0").glob("*.json"))
EXPOSURE_S = 0.01
FRAMES, HEIGHT, WIDTH = 10, 48, 64


def test_there_are_thirteen():
    assert len(SAVED) == 13


def read(path, device):
    """The whole array of a dataset, a level halved in y and x where there is one, and the shards that its metadata says."""
    if device.startswith("Zarr"):
        group = zarr.open(path, mode="r")
        assert group.metadata.zarr_format == (3 if device.startswith("ZarrV3") else 2)
        full = group["0"]
        return full[:], group["1"][:] if "1" in group else None, full.shards
    if device == "raw":
        return np.fromfile(path, "u1").reshape(json.loads(path.with_name(path.name + ".json").read_text())["shape"]), None, None
    return tifffile.imread(path / "data.tif" if device == "tiff-json" else path), None, None


@pytest.mark.parametrize("saved", SAVED, ids=lambda path: path.stem)
def test_what_acquire_saved_is_recorded_and_read(tmp_path, acquire, saved):
    document = json.loads(saved.read_text())
    stream = document["video"][0]
    settings, device = stream["storage"]["settings"], stream["storage"]["identifier"]["name"]
    assert stream["camera"]["settings"]["exposure_time_us"] == EXPOSURE_S * 1e6
    path = tmp_path / settings["filename"]
    settings["filename"] = str(path)
    [summary] = acquire(document)["streams"]
    assert summary["ledger"]["stored"] == FRAMES

    pixels, halved, shards = read(path, device)
    dimensions = settings["acquisition_dimensions"] if device.startswith("Zarr") else []
    assert pixels.shape == ((5, 2, HEIGHT, WIDTH) if dimensions else (FRAMES, HEIGHT, WIDTH))
    frames = pixels.reshape(FRAMES, HEIGHT, WIDTH)
    for index, frame in enumerate(frames):
        assert np.abs(frame - radial_sine(index, EXPOSURE_S, WIDTH, HEIGHT)).max() <= 1, f"frame {index}"

    assert (halved is not None) == settings["enable_multiscale"]
    if halved is not None:
        blocks = frames.reshape(FRAMES, HEIGHT // 2, 2, WIDTH // 2, 2).astype(np.float64)
        assert np.array_equal(halved.reshape(FRAMES, HEIGHT // 2, WIDTH // 2), np.floor(blocks.mean(axis=(2, 4)) + 0.5))
    sharded = device.startswith("ZarrV3") and any(dimension["shard_size_chunks"] for dimension in dimensions)
    assert (shards is not None) == sharded
