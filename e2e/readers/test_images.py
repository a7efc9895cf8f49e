"""Stores whose image is the store, and whose image lies deeper: readers that list groups never meet the writer's own files.

`cargo test -p zarrcam-storage --test together image_readers` writes the fixtures and runs this file on them:
python test_images.py FOLDER. Under pytest the folder comes from ZARRCAM_IMAGE_FIXTURES.
"""
import json
import os
import sys
import warnings
from pathlib import Path

import numpy as np

FOLDER = Path(sys.argv[1]) if __name__ == "__main__" else Path(os.environ.get("ZARRCAM_IMAGE_FIXTURES", ""))
SHAPE = (8, 2, 3, 33, 47)


def stores():
    found = json.loads((FOLDER / "images.json").read_text())
    assert found, "images.json lists nothing"
    return found


def private_folder(store):
    return FOLDER / store["name"] / store["image"] / "0/.zarrcam"


def expected_members(store):
    """The groups on the way to the image, the image, and its levels."""
    names = store["image"].split("/") if store["image"] else []
    groups = {"/".join(names[: count + 1]) for count in range(len(names))}
    levels = [path.name for path in (FOLDER / store["name"] / store["image"]).iterdir() if path.is_dir()]
    return groups | {"/".join([*names, level]) for level in levels}


def test_zarr_python_lists_images_and_nothing_else():
    import zarr

    warnings.simplefilter("error")
    for store in stores():
        assert private_folder(store).is_dir(), store
        path = FOLDER / store["name"]
        for consolidated in (False, None):
            group = zarr.open_group(path, mode="r", use_consolidated=consolidated)
            members = dict(group.members(max_depth=None))
            assert set(members) == expected_members(store), store
            assert len(members) >= 2, store


def test_zarr_python_consolidates_images_and_nothing_else():
    import zarr

    # Of V3 it says itself that no standard has them.
    warnings.filterwarnings("error")
    warnings.filterwarnings("ignore", message="Consolidated metadata is currently not part")
    for store in stores():
        if not store["closed"]:
            continue
        path = FOLDER / store["name"]
        zarr.consolidate_metadata(path)
        group = zarr.open_group(path, mode="r", use_consolidated=True)
        assert set(group.metadata.consolidated_metadata.flattened_metadata) == expected_members(store), store
        assert set(dict(group.members(max_depth=None))) == expected_members(store), store


def test_pixels():
    import tensorstore as ts
    import zarr

    for store in stores():
        if not store["closed"]:
            continue
        expected = np.fromfile(FOLDER / f"{store['name']}.raw", "<u2").reshape(SHAPE)
        path = FOLDER / store["name"] / store["image"] / "0"
        assert np.array_equal(zarr.open_array(path, mode="r")[:], expected), store
        driver = "zarr3" if store["v3"] else "zarr"
        array = ts.open({"driver": driver, "kvstore": {"driver": "file", "path": str(path)}}, read=True).result()
        assert np.array_equal(array.read().result(), expected), store


def test_ome_zarr_models():
    import zarr
    from ome_zarr_models.v04 import Image as Image04
    from ome_zarr_models.v05 import Image as Image05

    warnings.simplefilter("default")
    for store in stores():
        group = zarr.open_group(FOLDER / store["name"] / store["image"], mode="r")
        if store["v3"]:
            [multiscale] = Image05.from_zarr(group).attributes.ome.multiscales
        else:
            [multiscale] = Image04.from_zarr(group).attributes.multiscales
        assert [dataset.path for dataset in multiscale.datasets][0] == "0", store


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed", name)
