"""Compares an archive of a store with the store, as zarr-python and zipfile read them, and by RFC-9 where it is an .ozx.

python archive.py ARCHIVE STORE
"""

import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import zarr
from zarr.storage import LocalStore, ZipStore

# What a run tells of itself goes with its store; locks and spills are the writer's.
OF_A_RUN = {"run.json", "stream.json", "end.json", "frames.log", "frames.csv"}
ZIP64_EXTRA = 0x0001


def compare(archive, store):
    """The number of files. Raises where anything differs."""
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        entries = opened.infolist()
        names = [entry.filename for entry in entries]
        for entry in entries:
            assert entry.compress_type == zipfile.ZIP_STORED
            assert int.from_bytes(entry.extra[:2], "little") == ZIP64_EXTRA and len(entry.extra) == 28
            assert (store / entry.filename).read_bytes() == opened.read(entry), entry.filename
        assert entries[0].header_offset == 0
        assert [entry.header_offset for entry in entries] == sorted(entry.header_offset for entry in entries)
        comment = opened.comment
    expected = {
        str(path.relative_to(store))
        for path in store.rglob("*")
        if path.is_file() and (path.parent.name != ".zarrcam" or path.name in OF_A_RUN)
    }
    assert set(names) == expected and len(names) == len(expected)
    if archive.suffix == ".ozx":
        documents = [name for name in names if name.endswith("zarr.json")]
        assert names[0] == "zarr.json" and names[: len(documents)] == documents
        assert documents == sorted(documents, key=lambda name: (name.count("/"), name))
        version = json.loads((store / "zarr.json").read_text())["attributes"]["ome"]["version"]
        directory = {"centralDirectory": {"jsonFirst": True}}
        assert json.loads(comment) == {"ome": {"version": version, "zipFile": directory}}
    else:
        assert comment == b""

    zipped = zarr.open_group(ZipStore(archive, mode="r"), mode="r")
    plain = zarr.open_group(LocalStore(store, read_only=True), mode="r")
    assert dict(zipped.attrs) == dict(plain.attrs)
    members = dict(plain.members())
    assert {name: array.metadata for name, array in zipped.members()} == {
        name: array.metadata for name, array in members.items()
    }
    for name, array in members.items():
        assert np.array_equal(zipped[name][...], array[...]), name
    return len(names)


if __name__ == "__main__":
    print(f"the same, {compare(Path(sys.argv[1]), Path(sys.argv[2]))} files")
