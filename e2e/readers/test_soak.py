"""Long runs, and readers beyond those of `npm test`: zarrs, dask, ome-zarr-models, ngff-zarr and the OME-NGFF JSON schemas.

ZARRCAM_SOAK_S says how long the long run is.
"""

import json
import os
import time

import numpy as np
import pytest
import zarr

from commandline import Driver, assert_exact, zarrcam
from documents import NAMES, dimension, document
from uniform_random import uniform_random

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("ZARRCAM_SOAK_S", 300))


def memory(pid):
    """VmRSS and VmHWM, bytes."""
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return [int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM")]


@pytest.mark.parametrize(
    "storage, settings",
    [
        ("ZarrV3Blosc1Lz4ByteShuffle", {"multiscale": {"method": "mean", "max_levels": 0}}),
        ("ZarrV3", {}),
        ("ZarrBlosc1ZstdByteShuffle", {"deep": 1000}),
    ],
    ids=["lz4 with pyramid", "raw", "zstd, 1,000 frames deep"],
)
def test_memory_stays_within_the_plan_in_a_long_run(tmp_path, storage, settings):
    sharded = 1 if "V3" in storage else 0
    dimensions = [
        dimension("x", "Space", 640, 320, 2 * sharded),
        dimension("y", "Space", 480, 240, 2 * sharded),
        dimension("t", "Time", 0, settings.pop("deep", 16), 2 * sharded),
    ]
    rate = 200
    path = tmp_path / "out.zarr"
    long = document("simulated: radial sin", storage, dimensions, int(rate * SECONDS), str(path), exposure_time_us=1e6 / rate, **settings)
    (tmp_path / "c.json").write_text(json.dumps(long))
    [plan] = json.loads(zarrcam("validate", tmp_path / "c.json", "--json").stdout)["plans"]
    driver = Driver()
    driver.record(document("simulated: empty", "trash", dimensions, 10, None))
    time.sleep(0.5)
    base, _ = memory(driver.pid)
    with open(f"/proc/{driver.pid}/clear_refs", "w") as peaks:
        peaks.write("5")
    answer = driver.record(long)
    _, peak = memory(driver.pid)
    driver.close()
    assert answer["error"] is None
    ledger = answer["summary"]["streams"][0]["ledger"]
    assert_exact(ledger)
    assert ledger["captured"] == int(rate * SECONDS)
    print(f"{(peak - base) >> 20} MiB of {plan['memory_bound_bytes'] >> 20} MiB")
    # What V8 takes for its own garbage is not the writer's.
    assert peak - base <= plan["memory_bound_bytes"] + (32 << 20)
    assert zarr.open(path / "0", mode="r").shape[0] == ledger["captured"]


AXES = [
    dimension("x", "Space", 150, 64),
    dimension("y", "Space", 90, 50),
    dimension("z", "Space", 4, 2),
    dimension("c", "Channel", 2, 1),
    dimension("t", "Time", 0, 3),
]
FRAMES = 8 * 7


def stores():
    for name in NAMES:
        for shards in (0, 2) if "V3" in name else (0,):
            for pyramid in (False, True):
                yield pytest.param((name, shards, pyramid), id=f"{name}{', shards' * bool(shards)}{', pyramid' * pyramid}")


@pytest.fixture
def store(tmp_path, driver, request):
    """A store of a kind, its version, and what its full level must be."""
    name, shards, pyramid = request.param
    dimensions = [{**d, "shard_size_chunks": shards} for d in AXES]
    settings = {"multiscale": {"method": "mean", "max_levels": 2}} if pyramid else {}
    path = tmp_path / "out.zarr"
    answer = driver.record(document("simulated: uniform random", name, dimensions, FRAMES, str(path), pixel_type="U16", **settings))
    assert answer["error"] is None, answer["error"]
    expected = np.stack([uniform_random(place, 150, 90, "U16") for place in range(FRAMES)]).reshape(7, 2, 4, 90, 150)
    return path, 3 if "V3" in name else 2, expected, pyramid


with_every_store = pytest.mark.parametrize("store", list(stores()), indirect=True)


@with_every_store
def test_zarrs(store):
    import zarrs  # noqa: F401 -- registers its pipeline

    path, _, expected, _ = store
    with zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline", "codec_pipeline.strict": True}):
        assert np.array_equal(zarr.open(path / "0", mode="r")[:], expected)


@with_every_store
def test_dask(store):
    import dask.array

    path, _, expected, _ = store
    lazy = dask.array.from_zarr(str(path), component="0")
    assert np.array_equal(lazy.compute(), expected)
    assert int(lazy.sum().compute()) == int(expected.sum(dtype=np.uint64))


@with_every_store
def test_ome_zarr_models(store):
    from ome_zarr_models.v04 import Image as Image04
    from ome_zarr_models.v05 import Image as Image05

    path, version, _, pyramid = store
    group = zarr.open_group(path, mode="r", zarr_format=version)
    image = {2: Image04, 3: Image05}[version].from_zarr(group)
    attributes = image.attributes if version == 2 else image.attributes.ome
    [multiscale] = attributes.multiscales
    assert [axis.name for axis in multiscale.axes] == ["t", "c", "z", "y", "x"]
    assert (len(multiscale.datasets) > 1) == pyramid


@with_every_store
def test_the_json_schemas_and_ngff_zarr(store):
    import ngff_zarr
    from ngff_zarr.validate import validate

    path, version, expected, pyramid = store
    document = json.loads((path / ("zarr.json" if version == 3 else ".zattrs")).read_text())
    attributes = document["attributes"] if version == 3 else document
    # Strict asks how levels were made: something to say only where there are some.
    validate(attributes, version={2: "0.4", 3: "0.5"}[version], model="image", strict=pyramid)
    multiscales = ngff_zarr.from_ngff_zarr(str(path), validate=True, version={2: "0.4", 3: "0.5"}[version])
    assert multiscales.images[0].dims == ("t", "c", "z", "y", "x") and (len(multiscales.images) > 1) == pyramid
    assert np.array_equal(np.asarray(multiscales.images[0].data), expected)


@pytest.mark.parametrize("store", [kind for kind in stores() if "V3" not in kind.id], indirect=True)
def test_numcodecs_decodes_the_chunks(store):
    """V2 chunks, byte for byte, without an array library between; a bare codec knows no shards."""
    import numcodecs

    path, _, expected, _ = store
    described = json.loads((path / "0/.zarray").read_text())
    codec = described["compressor"] and numcodecs.get_codec(described["compressor"])
    whole = np.zeros([-(-size // chunk) * chunk for size, chunk in zip(expected.shape, described["chunks"], strict=True)], "<u2")
    whole[tuple(slice(size) for size in expected.shape)] = expected
    count = 0
    for index in np.ndindex(*(size // chunk for size, chunk in zip(whole.shape, described["chunks"], strict=True))):
        bytes_ = path.joinpath("0", *map(str, index)).read_bytes()
        part = whole[tuple(slice(i * chunk, (i + 1) * chunk) for i, chunk in zip(index, described["chunks"], strict=True))]
        assert (codec.decode(bytes_) if codec else bytes_) == part.tobytes()
        count += 1
    assert count > 50
