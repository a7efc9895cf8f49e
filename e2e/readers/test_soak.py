"""Long runs, and readers beyond those of `npm test`: zarrs, dask, numcodecs, ome-zarr-models, ngff-zarr with the OME-NGFF JSON
schemas, tifffile.

ZARRCAM_SOAK_S says how long the long run is.
"""

import json
import os
import subprocess
import time

import numpy as np
import pytest
import zarr

from commandline import ROOT, Driver, Reader, assert_exact, zarrcam
from documents import DTYPES, dimension, document
from kinds import KINDS, with_every_kind
from uniform_random import uniform_random

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("ZARRCAM_SOAK_S", 300))


@pytest.fixture(scope="module")
def zarrs():
    """The crate's own array and metadata; its first build takes minutes."""
    folder = ROOT / "e2e/readers/zarrs"
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=folder, check=True)
    reader = Reader("zarrs", [folder / "target/release/zarrs-reader"])
    yield reader
    reader.close()


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


@with_every_kind
def test_zarrs(store, zarrs):
    for key, expected in store.levels():
        assert zarrs.agrees(store.path / key, expected), f"level {key}"


@with_every_kind
def test_zarr_python_with_the_codecs_of_zarrs(store):
    import zarrs  # noqa: F401 -- registers its pipeline

    with zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline", "codec_pipeline.strict": True}):
        assert np.array_equal(zarr.open(store.path / "0", mode="r")[:], store.full)


@with_every_kind
def test_dask(store):
    import dask.array

    lazy = dask.array.from_zarr(str(store.path), component="0")
    assert np.array_equal(lazy.compute(), store.full)
    assert int(lazy.sum().compute()) == int(store.full.sum(dtype=np.uint64))


@with_every_kind
def test_ome_zarr_models(store):
    from ome_zarr_models.v04 import Image as Image04
    from ome_zarr_models.v05 import Image as Image05

    group = zarr.open_group(store.path, mode="r", zarr_format=store.version)
    image = {2: Image04, 3: Image05}[store.version].from_zarr(group)
    attributes = image.attributes if store.version == 2 else image.attributes.ome
    [multiscale] = attributes.multiscales
    assert [axis.name for axis in multiscale.axes] == ["t", "c", "z", "y", "x"]
    assert (len(multiscale.datasets) > 1) == store.pyramid


@with_every_kind
def test_the_json_schemas_and_ngff_zarr(store):
    """ngff-zarr carries the OME-NGFF JSON schemas of 0.4 and 0.5, and is a reader itself."""
    import ngff_zarr
    from ngff_zarr.validate import validate

    version = {2: "0.4", 3: "0.5"}[store.version]
    # Strict asks how levels were made: something to say only where there are some.
    validate(store.attributes, version=version, model="image", strict=store.pyramid)
    broken = json.loads(json.dumps(store.attributes))
    del (broken["ome"] if store.version == 3 else broken)["multiscales"][0]["datasets"]
    with pytest.raises(Exception, match="datasets"):
        validate(broken, version=version, model="image")
    multiscales = ngff_zarr.from_ngff_zarr(str(store.path), validate=True, version=version)
    assert multiscales.images[0].dims == ("t", "c", "z", "y", "x") and (len(multiscales.images) > 1) == store.pyramid
    assert np.array_equal(np.asarray(multiscales.images[0].data), store.full)


@pytest.mark.parametrize("store", [kind for kind in KINDS if "V3" not in kind.id], indirect=True)
def test_numcodecs_decodes_the_chunks(store):
    """V2 chunks, byte for byte, without an array library between; a bare codec knows no shards."""
    import numcodecs

    described = json.loads((store.path / "0/.zarray").read_text())
    codec = described["compressor"] and numcodecs.get_codec(described["compressor"])
    chunks = described["chunks"]
    whole = np.zeros([-(-size // chunk) * chunk for size, chunk in zip(store.full.shape, chunks, strict=True)], "<u2")
    whole[tuple(slice(size) for size in store.full.shape)] = store.full
    count = 0
    for index in np.ndindex(*(size // chunk for size, chunk in zip(whole.shape, chunks, strict=True))):
        bytes_ = store.path.joinpath("0", *map(str, index)).read_bytes()
        part = whole[tuple(slice(i * chunk, (i + 1) * chunk) for i, chunk in zip(index, chunks, strict=True))]
        assert (codec.decode(bytes_) if codec else bytes_) == part.tobytes()
        count += 1
    assert count > 30


@pytest.mark.parametrize("storage", ["tiff", "tiff-json"])
@pytest.mark.parametrize("pixel_type", DTYPES)
def test_tifffile(tmp_path, driver, storage, pixel_type):
    """Every pixel type, the pages and, by memory map, the file's own bytes."""
    import tifffile

    dimensions = [dimension("x", "Space", 47, 16), dimension("y", "Space", 33, 10), dimension("t", "Time", 0, 4)]
    made = document("simulated: uniform random", storage, dimensions, 9, str(tmp_path / "out"), pixel_type=pixel_type)
    assert driver.record(made)["error"] is None
    path = tmp_path / "out" / "data.tif" if storage == "tiff-json" else tmp_path / "out"
    expected = np.stack([uniform_random(frame_index, 47, 33, pixel_type) for frame_index in range(9)])
    for read in (tifffile.imread(path), np.stack([page.asarray() for page in tifffile.TiffFile(path).pages])):
        assert read.dtype == expected.dtype and np.array_equal(read, expected)
