"""The storage devices that are no Zarr: raw, tiff, tiff-json, trash."""

import json

import numpy as np
import tifffile

from documents import dimension, document
from uniform_random import uniform_random

DIMENSIONS = [dimension("x", "Space", 47, 16), dimension("y", "Space", 33, 10), dimension("t", "Time", 0, 4)]


def frames(count, pixel_type):
    return np.stack([uniform_random(i, 47, 33, pixel_type) for i in range(count)])


def record(acquire, storage, uri, **settings):
    return acquire(document("simulated: uniform random", storage, DIMENSIONS, 7, uri, pixel_type="U16", **settings))


def test_raw_is_pixels_only_with_a_description_beside(tmp_path, acquire):
    record(acquire, "raw", "out.raw")
    described = json.loads((tmp_path / "out.raw.json").read_text())
    pixels = np.fromfile(tmp_path / "out.raw", "<u2")
    assert np.array_equal(pixels.reshape(described["shape"]), frames(7, "U16"))


def test_tiff_holds_a_page_a_frame(tmp_path, acquire):
    record(acquire, "tiff", "out.tif", external_metadata_json='{"hello": "world"}')
    with tifffile.TiffFile(tmp_path / "out.tif") as tiff:
        assert tiff.is_bigtiff and len(tiff.pages) == 7
        assert np.array_equal(tiff.asarray(), frames(7, "U16"))
        described = [json.loads(page.description) for page in tiff.pages]
    assert [d["frame_id"] for d in described] == list(range(7))
    assert all("hardware_frame_id" in d and "timestamps" in d for d in described)
    assert described[0]["metadata"] == {"hello": "world"} and "metadata" not in described[1]


def test_tiff_json_is_a_folder(tmp_path, acquire):
    record(acquire, "tiff-json", "out", external_metadata_json='{"hello": "world"}')
    assert json.loads((tmp_path / "out/metadata.json").read_text()) == {"hello": "world"}
    assert np.array_equal(tifffile.imread(tmp_path / "out/data.tif"), frames(7, "U16"))


def test_trash_counts_and_writes_nothing(tmp_path, acquire):
    summary = acquire(document("simulated: uniform random", "trash", DIMENSIONS, 7, None))
    assert summary["streams"][0]["ledger"]["stored"] == 7
    assert list(tmp_path.iterdir()) == []
