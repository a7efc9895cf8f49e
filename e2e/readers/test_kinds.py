"""Every kind of store, every level of it, in zarr-python, TensorStore and zarrita."""

import numpy as np
import tensorstore
import zarr

from kinds import with_every_kind


@with_every_kind
def test_every_kind(store, zarrita):
    group = zarr.open_group(store.path, mode="r", zarr_format=store.version)
    levels = dict(store.levels())
    assert sorted(group.array_keys()) == sorted(levels) and (len(levels) > 1) == store.pyramid
    for key, expected in levels.items():
        assert (group[key].shards is not None) == bool(store.shards)
        assert np.array_equal(group[key][:], expected), f"level {key} in zarr-python"
        driver = "zarr3" if store.version == 3 else "zarr"
        other = tensorstore.open({"driver": driver, "kvstore": {"driver": "file", "path": str(store.path / key)}}).result()
        assert np.array_equal(other.read().result(), expected), f"level {key} in TensorStore"
        assert zarrita.agrees(store.path / key, expected), f"level {key} in zarrita"
