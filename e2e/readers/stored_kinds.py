"""Small datasets of other programs, each of a kind that a viewer can get wrong: python stored_kinds.py FOLDER."""

import json
import os
import sys
import warnings
from pathlib import Path

import numcodecs
import numpy as np
import zarr
import zarr.codecs

warnings.simplefilter("ignore")
SPACE = {"x", "y", "z"}
HEIGHT, WIDTH = 48, 64


def group(path, version, axes, datasets, **attributes):
    made = zarr.open_group(path, mode="w", zarr_format=2 if version == "0.4" else 3)
    image = {
        "axes": [{"name": axis, "type": "space" if axis in SPACE else "channel" if axis == "c" else "time"} for axis in axes],
        "datasets": [{"path": name, "coordinateTransformations": [{"type": "scale", "scale": scale}]} for name, scale in datasets],
        **attributes,
    }
    if version == "0.4":
        made.attrs["multiscales"] = [{"version": "0.4", **image}]
    else:
        made.attrs["ome"] = {"version": "0.5", "multiscales": [image]}
    return made


def array(path, values, chunks, version=2, **options):
    if version == 2:
        options.setdefault("chunk_key_encoding", {"name": "v2", "separator": "/"})
    made = zarr.create_array(path, shape=values.shape, dtype=values.dtype, chunks=chunks, zarr_format=version, **options)
    made[...] = values
    return made


def ramp(dtype, start=0):
    return (np.arange(HEIGHT * WIDTH).reshape(1, HEIGHT, WIDTH) + np.array(start, dtype=dtype).astype(dtype)).astype(dtype)


def wide_types():
    for name, start in (("u4", 2**24 + 1), ("u8", 2**63 + 1), ("i8", -(2**62) - 1), ("f8", 1e9)):
        group(f"wide-{name}.zarr", "0.5", "zyx", [("0", [1.0, 1.0, 1.0])])
        values = ramp("u8").astype(name) + np.array(start, name)
        array(f"wide-{name}.zarr/0", values, (1, HEIGHT, WIDTH), 3)
    group("wide-f8.zarr", "0.5", "zyx", [("0", [1.0, 1.0, 1.0])])
    zarr.create_array("wide-f8.zarr/0", shape=(1, HEIGHT, WIDTH), dtype="f8", chunks=(1, HEIGHT, WIDTH), overwrite=True)[...] = ramp("f8") / 3


def plain():
    array("plain.zarr", np.arange(3 * HEIGHT * WIDTH).reshape(3, HEIGHT, WIDTH).astype("u2"), (1, HEIGHT, WIDTH), 3, dimension_names=["t", "y", "x"])
    array("plain-2d.zarr", ramp("u2")[0], (20, 30))
    zarr.create_array("line.zarr", shape=(9,), dtype="u2", chunks=(9,))[...] = 1
    zarr.create_array("complex.zarr", shape=(9, 9), dtype="c8", chunks=(9, 9))[...] = 1


def cut():
    planes = np.stack([np.full((HEIGHT, WIDTH), 111, "u2"), np.random.default_rng(0).integers(200, 240, (HEIGHT, WIDTH), "u2")])
    for name, codec in (("cut-blosc.zarr", numcodecs.Blosc("lz4")), ("cut-raw.zarr", None)):
        group(name, "0.4", "tyx", [("0", [1.0, 1.0, 1.0])])
        array(f"{name}/0", planes, (1, HEIGHT, WIDTH // 2), compressors=codec)
        path = f"{name}/0/1/0/0"
        os.truncate(path, os.path.getsize(path) // 2)


def pyramid():
    sizes = [(2000, 3000), (1333, 2000), (889, 1333)]
    group("pyramid.zarr", "0.4", "yx", [(str(at), [2000 / h, 3000 / w]) for at, (h, w) in enumerate(sizes)])
    for at, (h, w) in enumerate(sizes):
        array(f"pyramid.zarr/{at}", np.broadcast_to(((np.arange(w) + 0.5) * 3000 / w).astype("u2"), (h, w)), (256, 256))
    # Scales that contradict the shapes.
    group("wrong-scales.zarr", "0.4", "yx", [("0", [1.0, 1.0]), ("1", [16.0, 16.0])], type="mean")
    array("wrong-scales.zarr/0", np.full((2000, 3000), 9, "u1"), (512, 512))
    array("wrong-scales.zarr/1", np.full((500, 750), 9, "u1"), (512, 512))


def names():
    group("level#1 ä.zarr", "0.4", "tyx", [("a?b#c %41", [1.0, 1.0, 1.0])])
    array("level#1 ä.zarr/a?b#c %41", ramp("u2"), (1, HEIGHT, WIDTH))


def missing():
    group("no-separator.zarr", "0.4", "tyx", [("0", [1.0, 1.0, 1.0])])
    array("no-separator.zarr/0", np.full((1, HEIGHT, WIDTH), 7, "u2"), (1, HEIGHT, WIDTH))
    path = Path("no-separator.zarr/0/.zarray")
    document = json.loads(path.read_text())
    del document["dimension_separator"]
    path.write_text(json.dumps(document))
    # Half of a plane was never written.
    group("half.zarr", "0.5", "tyx", [("0", [1.0, 1.0, 1.0])])
    made = zarr.create_array("half.zarr/0", shape=(1, HEIGHT, WIDTH), dtype="u2", chunks=(1, HEIGHT, WIDTH // 2), fill_value=42)
    made[:, :, : WIDTH // 2] = np.broadcast_to((1000 + np.arange(WIDTH // 2)).astype("u2"), (1, HEIGHT, WIDTH // 2))


def shards():
    group("shards-at-start.zarr", "0.5", "tyx", [("0", [1.0, 1.0, 1.0])])
    codec = zarr.codecs.ShardingCodec(chunk_shape=(1, 24, 32), index_location="start")
    zarr.create_array("shards-at-start.zarr/0", shape=(1, HEIGHT, WIDTH), dtype="u2", chunks=(1, HEIGHT, WIDTH), serializer=codec, compressors=None)[...] = ramp("u2")


def nan_attributes():
    made = group("nan.zarr", "0.5", "tyx", [("0", [1.0, 1.0, 1.0])])
    array("nan.zarr/0", ramp("u2"), (1, HEIGHT, WIDTH), 3)
    made.attrs["gain"] = float("nan")


def consolidated():
    """The documents of the arrays are only where all are together."""
    for name, version in (("consolidated-2.zarr", 2), ("consolidated-3.zarr", 3)):
        group(name, "0.4" if version == 2 else "0.5", "tyx", [("0", [1.0, 1.0, 1.0])])
        array(f"{name}/0", ramp("u2"), (1, HEIGHT, WIDTH), version)
        zarr.consolidate_metadata(name)
        for document in Path(name, "0").glob(".z*" if version == 2 else "zarr.json"):
            document.unlink()


def collections():
    made = zarr.open_group("series.zarr", mode="w", zarr_format=2)
    made.attrs["bioformats2raw.layout"] = 3
    group("series.zarr/0", "0.4", "tyx", [("0", [1.0, 1.0, 1.0])])
    array("series.zarr/0/0", ramp("u2"), (1, HEIGHT, WIDTH))


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    os.chdir(sys.argv[1])
    for make in (wide_types, plain, cut, pyramid, names, missing, shards, nan_attributes, consolidated, collections):
        make()
