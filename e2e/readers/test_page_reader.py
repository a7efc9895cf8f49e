"""What the page says of stored values, beside zarr-python: random types, fills, codecs, orders, shards, damages and
pyramids. The page's own reading code runs in Node; it may name why it does not show a value, but what it calls exact is.

ZARRCAM_SEED repeats a run, ZARRCAM_CASES says how many cases there are.
"""

import itertools
import json
import math
import os
import random
import warnings

import numcodecs
import numpy as np
import pytest
import zarr
import zarr.codecs
import zarr.codecs.numcodecs as v3_numcodecs

from commandline import Service, script

SEED = int(os.environ.get("ZARRCAM_SEED") or random.SystemRandom().randrange(10**9))
CASES = int(os.environ.get("ZARRCAM_CASES", 160))
DTYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]


@pytest.fixture(scope="module")
def page():
    reader = Service(script("page-reader.ts"))
    yield reader
    reader.close()


def random_values(rng, dtype, shape):
    r = np.random.default_rng(rng.randrange(2**32))
    dtype = np.dtype(dtype)
    kind = rng.random()
    if dtype.kind == "b":
        return r.integers(0, 2, shape).astype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        if kind < 0.3:
            return r.integers(0, 4, shape).astype(dtype)
        return r.integers(info.min, info.max, shape, endpoint=True, dtype=dtype.newbyteorder("=")).astype(dtype)
    values = (r.standard_normal(shape) * 10.0 ** r.integers(-3, 4)).astype(dtype)
    if kind < 0.4:
        values[r.random(shape) < 0.1] = r.choice([np.nan, np.inf, -np.inf])
    return values


def random_fill(rng, dtype):
    dtype = np.dtype(dtype)
    if rng.random() < 0.3:
        return 0
    if dtype.kind == "b":
        return True
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.choice([int(info.max), int(info.min), 7])
    return rng.choice([float("nan"), float("inf"), float("-inf"), 1.5])


def blosc(rng):
    return numcodecs.Blosc(
        rng.choice(["lz4", "lz4hc", "zstd", "zlib", "blosclz"]),
        rng.randint(0, 9),
        rng.choice([0, 1, 2, -1]),
        rng.choice([0, 0, 256, 4096]),
    )


def v2_compressor(rng):
    return rng.choice(
        [
            lambda: None,
            lambda: blosc(rng),
            lambda: blosc(rng),
            lambda: blosc(rng),
            lambda: numcodecs.Zstd(rng.randint(-3, 9), checksum=rng.random() < 0.5),
            lambda: numcodecs.GZip(rng.randint(0, 9)),
            lambda: numcodecs.Zlib(rng.randint(0, 9)),
            lambda: numcodecs.LZ4(),
            lambda: numcodecs.BZ2(),
            lambda: numcodecs.LZMA(),
        ]
    )()


def v2_filters(rng, dtype):
    dtype = np.dtype(dtype)
    name = dtype.str
    choices = [
        lambda: [numcodecs.Shuffle(dtype.itemsize)],
        lambda: [numcodecs.Shuffle(2 * dtype.itemsize)],
        lambda: [rng.choice([numcodecs.CRC32(), numcodecs.Adler32(), numcodecs.CRC32(location="end")])],
        lambda: [numcodecs.JenkinsLookup3()],
    ]
    if dtype.kind in "iu":
        choices += [lambda: [numcodecs.Delta(name)], lambda: [numcodecs.Delta(name, name[0].replace("|", "<") + "i8")]] * 2
        choices += [lambda: [numcodecs.FixedScaleOffset(offset=-3, scale=0.5, dtype=name, astype="<f4")]]
    if dtype.kind == "f":
        choices += [lambda: [numcodecs.Delta(name)], lambda: [numcodecs.Quantize(3, name, "<f4")]]
        choices += [lambda: [numcodecs.FixedScaleOffset(offset=2.5, scale=10, dtype=name, astype="i2")]]
        if dtype.itemsize > 2:
            choices += [lambda: [numcodecs.BitRound(5)]]
    return rng.choice(choices)()


def v3_codecs(rng, dtype):
    """Filters and compressors."""
    dtype = np.dtype(dtype)
    cname = rng.choice(["lz4", "zstd", "zlib", "blosclz", "lz4hc"])
    compressors = rng.choice(
        [
            lambda: [],
            lambda: [zarr.codecs.BloscCodec(cname=cname, clevel=rng.randint(0, 9), shuffle=rng.choice(["noshuffle", "shuffle", "bitshuffle"]), typesize=dtype.itemsize)],
            lambda: [zarr.codecs.ZstdCodec(level=rng.randint(0, 5), checksum=rng.random() < 0.5)],
            lambda: [zarr.codecs.GzipCodec()],
            lambda: [zarr.codecs.Crc32cCodec()],
            lambda: [zarr.codecs.ZstdCodec(), zarr.codecs.Crc32cCodec()],
            lambda: [v3_numcodecs.Shuffle(elementsize=dtype.itemsize), v3_numcodecs.Zlib(level=3)],
            lambda: [v3_numcodecs.LZ4()],
            lambda: [v3_numcodecs.BZ2()],
            lambda: [v3_numcodecs.CRC32()],
        ]
    )()
    return compressors


def random_array(rng, folder):
    """Writes one. Answers its path, version, values and the folder's chunk files."""
    version = rng.choice([2, 3])
    code = rng.choice(DTYPES)
    rank = rng.randint(2, 4)
    shape = tuple(rng.randint(1, 9) for _ in range(rank - 2)) + (rng.randint(1, 40), rng.randint(1, 40))
    chunks = tuple(rng.randint(1, size + 3) for size in shape)
    kwargs = {"fill_value": random_fill(rng, code)}
    if version == 2:
        dtype = np.dtype(rng.choice("<>") + code) if np.dtype(code).itemsize > 1 else np.dtype(code)
        kwargs["chunk_key_encoding"] = {"name": "v2", "separator": rng.choice("./")}
        kwargs["order"] = rng.choice("CF")
        kwargs["compressors"] = v2_compressor(rng)
        if rng.random() < 0.35:
            kwargs["filters"] = v2_filters(rng, dtype)
    else:
        dtype = np.dtype(code)
        kwargs["chunk_key_encoding"] = rng.choice([{"name": "default", "separator": rng.choice("./")}, {"name": "v2", "separator": rng.choice("./")}])
        kwargs["serializer"] = zarr.codecs.BytesCodec(endian=rng.choice(["little", "big"]) if dtype.itemsize > 1 else None)
        kwargs["compressors"] = v3_codecs(rng, dtype)
        if rng.random() < 0.3:
            kwargs["filters"] = [zarr.codecs.TransposeCodec(order=tuple(rng.sample(range(rank), rank)))]
        if rng.random() < 0.45:
            inner = chunks
            outer = tuple(size * rng.randint(1, 3) for size in inner)
            kwargs["serializer"] = zarr.codecs.ShardingCodec(
                chunk_shape=inner,
                codecs=[*kwargs.pop("filters", []), kwargs["serializer"], *kwargs.pop("compressors")],
                index_codecs=[zarr.codecs.BytesCodec(endian=rng.choice(["little", "big"])), *([zarr.codecs.Crc32cCodec()] if rng.random() < 0.7 else [])],
                index_location=rng.choice(["start", "end"]),
            )
            kwargs["compressors"] = None
            chunks = outer
    values = random_values(rng, dtype, shape)
    array = zarr.create_array(folder, shape=shape, dtype=dtype, chunks=chunks, zarr_format=version, overwrite=True, config={"write_empty_chunks": True}, **kwargs)
    # Chunks that nobody wrote.
    starts = list(itertools.product(*(range(0, size, chunk) for size, chunk in zip(shape, chunks))))
    for start in rng.sample(starts, max(1, len(starts) * rng.choice([1, 1, 2]) // 2)):
        region = tuple(slice(at, at + chunk) for at, chunk in zip(start, chunks))
        array[region] = values[region]
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in (".zarray", ".zattrs", "zarr.json")]
    if version == 2 and rng.random() < 0.15:
        document = json.loads((folder / ".zarray").read_text())
        document["fill_value"] = None
        (folder / ".zarray").write_text(json.dumps(document))
    return version, shape, files


def damage(rng, files):
    path = rng.choice(files)
    data = bytearray(path.read_bytes())
    kind = rng.choice(["cut", "cut one", "empty", "longer", "zeros", "flip", "head", "other", "gone"])
    if kind == "cut":
        data = data[: rng.randrange(len(data) + 1)]
    elif kind == "cut one":
        data = data[:-1]
    elif kind == "empty":
        data = bytearray()
    elif kind == "longer":
        data += bytes(rng.randint(1, 40))
    elif kind == "zeros" and data:
        at = rng.randrange(len(data))
        data[at : at + 64] = bytes(len(data[at : at + 64]))
    elif kind in ("flip", "head") and data:
        data[rng.randrange(min(len(data), 24) if kind == "head" else len(data))] ^= 1 << rng.randrange(8)
    elif kind == "other":
        data = bytearray(rng.choice(files).read_bytes())
    path.write_bytes(data)
    if kind == "gone":
        path.unlink()
    return kind


def same(words, value):
    """Whether the page's words name this very value, and no other of its type."""
    if value.dtype.kind == "b":
        return words == str(int(value))
    if value.dtype.kind in "iu":
        return words == str(int(value))
    read = value.dtype.type(float(words))
    return read == value or (np.isnan(read) and np.isnan(value))


def read(array, index, y, x):
    """zarr-python's word; None: it refuses."""
    try:
        return np.asarray(array[(*index, y, x)])
    except Exception:
        return None


def test_random_arrays_read_as_zarr_python_reads_them_or_the_page_names_why_not(page, tmp_path):
    rng = random.Random(SEED)
    print("seed", SEED)
    warnings.simplefilter("ignore")
    counts = {"exact": 0, "fill": 0, "damaged": 0, "named": 0}
    for case in range(CASES):
        folder = tmp_path / f"{case}.zarr"
        try:
            version, shape, files = random_array(rng, folder)
        except (ValueError, TypeError, RuntimeError, NotImplementedError, OverflowError, KeyError):
            # zarr-python itself does not write this combination.
            continue
        hurt = damage(rng, files) if files and rng.random() < 0.4 else None
        array = zarr.open_array(folder, mode="r")
        # A shape of one y and one x among others.
        indexes = [tuple(rng.randrange(size) for size in shape[:-2]) for _ in range(3)]
        points = [(rng.randrange(shape[-1]), rng.randrange(shape[-2])) for _ in range(8)]
        asked = {
            "path": str(folder),
            "format": f"zarr{version}",
            "isArray": True,
            "planes": [{"index": list(index), "level": 0, "points": points} for index in indexes],
        }
        answer = page.ask(asked)
        context = (SEED, case, hurt, (folder / ("zarr.json" if version == 3 else ".zarray")).read_text())
        if "error" in answer:
            assert answer["kind"] == "NotShownError", (answer, context)
            counts["named"] += 1
            continue
        for index, plane in zip(indexes, answer["planes"]):
            for (x, y), said in zip(points, plane["points"]):
                value = read(array, index, y, x)
                if said["kind"].endswith("is damaged"):
                    assert said["value"] == "–" and hurt is not None, (said, context)
                    counts["damaged"] += 1
                    continue
                assert value is not None, (said, index, y, x, context)
                assert same(said["value"], value), (said, value, index, y, x, context)
                assert said["kind"] in ("exact", "fill, nothing stored here"), (said, context)
                counts[said["kind"].split(",")[0]] += 1
    print(counts)
    # Each kind was met, and what is named is the exception.
    assert all(counts.values()), counts
    assert counts["exact"] > counts["damaged"] and counts["named"] < 0.4 * CASES, counts


HEADER_BYTES = 16
COMPRESSORS = [
    *[numcodecs.Blosc(name, 5, shuffle, block) for name in ("lz4", "zstd", "blosclz", "zlib") for shuffle, block in ((0, 0), (1, 256), (2, 256))],
    # Blosc stores noise, and whatever has level 0, as it is.
    numcodecs.Blosc("lz4", 0, 1, 256),
    numcodecs.Zstd(1, checksum=True),
    numcodecs.GZip(1),
    numcodecs.Zlib(1),
    numcodecs.LZ4(),
]


@pytest.mark.parametrize("compressor", COMPRESSORS, ids=str)
def test_no_bit_of_a_header_is_flipped_and_called_exact(page, tmp_path, compressor):
    values = np.arange(32 * 24, dtype="<f4").reshape(32, 24) // 5
    folder = tmp_path / "a.zarr"
    array = zarr.create_array(folder, shape=values.shape, dtype=values.dtype, chunks=values.shape, zarr_format=2, compressors=compressor)
    array[...] = values
    chunk = folder / "0.0"
    whole = chunk.read_bytes()
    points = [(0, 0), (23, 31), (7, 13)]
    asked = {"path": str(folder), "format": "zarr2", "isArray": True, "planes": [{"index": [], "level": 0, "points": points}]}
    damaged = 0
    for bit in range(8 * HEADER_BYTES):
        hurt = bytearray(whole)
        hurt[bit // 8] ^= 1 << bit % 8
        chunk.write_bytes(hurt)
        answer = page.ask(asked)
        if answer.get("kind") == "NotShownError":  # it names snappy now, which the page does not decode
            continue
        for (x, y), said in zip(points, answer["planes"][0]["points"]):
            if said["kind"].endswith("is damaged"):
                damaged += 1
                continue
            value = read(array, (), y, x)
            assert value is not None and same(said["value"], value), (bit, said, value)
    assert damaged > 0


def image(folder, version, levels, axes, said):
    group = zarr.open_group(folder, mode="w", zarr_format=version)
    datasets = [
        {"path": str(name), **({} if scale is None else {"coordinateTransformations": [{"type": "scale", "scale": scale}]})}
        for (name, _), scale in zip(levels, said)
    ]
    multiscale = {"axes": [{"name": axis, "type": "space"} for axis in axes], "datasets": datasets}
    if version == 2:
        group.attrs["multiscales"] = [{"version": "0.4", **multiscale}]
    else:
        group.attrs["ome"] = {"version": "0.5", "multiscales": [multiscale]}
    for name, values in levels:
        zarr.create_array(folder / str(name), shape=values.shape, dtype=values.dtype, chunks=(min(32, values.shape[0]), 16), zarr_format=version)[...] = values


def test_levels_of_any_factor_are_read_where_they_lie_and_never_called_exact(page, tmp_path):
    rng = random.Random(SEED + 1)
    print("seed", SEED)
    for case in range(max(20, CASES // 4)):
        full = (rng.randint(20, 300), rng.randint(20, 300))
        sizes, factors = [full], [(1.0, 1.0)]
        for _ in range(rng.randint(1, 3)):
            factor = tuple(last * rng.choice([1.0, 1.001, 1.25, 1.5, 2, 2, 2.5, 3, 3.7]) for last in factors[-1])
            turn = rng.choice([math.floor, math.ceil, round])
            size = tuple(max(1, turn(round(length / one, 6))) for length, one in zip(full, factor))
            # A level that is no smaller is none: the page leaves it out.
            if size in sizes:
                continue
            sizes.append(size)
            factors.append(factor)
        # A level's pixels know their own place.
        levels = [(at, (np.arange(h)[:, None] * 1000 + np.arange(w)).astype("u4")) for at, (h, w) in enumerate(sizes)]
        # The size of a level alone contradicts nothing.
        lies = rng.random() < 0.3 and len(levels) > 1
        said = [None if rng.random() < 0.2 else [0.5 * one for one in factor] for factor in factors]
        if lies:
            said[-1] = [0.5 * 7.7, 0.5 * 9.1]
        order = rng.sample(range(len(levels)), len(levels)) if rng.random() < 0.3 else list(range(len(levels)))
        folder = tmp_path / f"{case}.zarr"
        image(folder, rng.choice([2, 3]), [levels[at] for at in order], "yx", [said[at] for at in order])
        version = 3 if (folder / "zarr.json").exists() else 2
        points = [(0, 0), (full[1] - 1, full[0] - 1), (full[1] - 1, 0)] + [(rng.randrange(full[1]), rng.randrange(full[0])) for _ in range(8)]
        region = {"x": full[1] // 3, "y": full[0] // 4, "width": full[1] // 2, "height": full[0] // 2}
        planes = [{"index": [], "level": at, "points": points} for at in range(len(levels))]
        planes += [{"index": [], "level": at, "region": region, "points": points} for at in range(len(levels))]
        answer = page.ask({"path": str(folder), "format": f"zarr{version}", "isArray": False, "planes": planes})
        context = (SEED, case, full, sizes, factors, said, order)
        assert "error" not in answer, (answer, context)
        if len(answer["description"]["levels"]) != len(levels):
            # A level that is rounded up beyond the full one's size is left out by name.
            assert answer["description"]["remarks"], context
            continue
        if lies and said[0] is not None and any(abs(length / f - s) >= 1 for length, f, s in zip(full, (7.7, 9.1), sizes[-1])):
            assert any("do not fit" in remark for remark in answer["description"]["remarks"]), (answer["description"], context)
        for at, plane in enumerate(answer["planes"]):
            level = answer["description"]["levels"][at % len(levels)]
            name = int(level["path"])
            whole = at < len(levels)
            for (x, y), words in zip(points, plane["points"]):
                inside = region["x"] <= x < region["x"] + region["width"] and region["y"] <= y < region["y"] + region["height"]
                if words is None:
                    assert not whole and not inside, (x, y, context)
                    continue
                assert (words["kind"] == "exact") == (at % len(levels) == 0), (words, context)
                row, column = divmod(int(words["value"]), 1000)
                for asked, found, length, size, factor, lie in zip((y, x), (row, column), full, sizes[name], factors[name], (7.7, 9.1)):
                    # By the factor that was meant; by the shapes where none is said, or by the whole number near theirs.
                    could = {factor, length / size, max(1, round(length / size))}
                    if lies and name == len(levels) - 1 and abs(length / lie - size) < 1:
                        # It is wrong, and fits all the same.
                        could.add(lie)
                    near = [abs((found + 0.5) * f - (asked + 0.5)) <= f / 2 + 1e-6 for f in could]
                    last = found == size - 1 and asked + 0.5 > (size - 1) * min(could)
                    assert any(near) or last, (x, y, words, level, context)
