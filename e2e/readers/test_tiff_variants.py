"""TIFF files of many kinds through the replay camera and `info`: as tifffile reads them, or refused with the reason.

docs/tiff.md has the table."""

import json
import struct

import numpy as np
import pytest
import tifffile

from documents import DTYPES, dimension, document

PIXEL_TYPES = {"uint8": "U8", "uint16": "U16", "int8": "I8", "int16": "I16", "float32": "F32"}


def array(shape=(6, 50, 70), dtype="uint16", seed=0):
    """Values of the whole range, and a ramp by which planes, rows and columns can be told apart."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return rng.normal(size=shape).astype(dtype)
    info = np.iinfo(dtype)
    values = rng.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)
    values[..., : shape[-1] // 2] = (np.arange(np.prod(shape)).reshape(shape)[..., : shape[-1] // 2] * 3).astype(dtype)
    return values


def play(driver, tmp_path, path, pixel_type, shape, frames):
    """What the replay camera gives, stored raw; or why not."""
    height, width = shape
    dimensions = [dimension("x", "Space", width, width), dimension("y", "Space", height, height), dimension("t", "Time", 0, 1)]
    out = tmp_path / "played.raw"
    settings = document(
        "replay", "raw", dimensions, frames, str(out), pixel_type=pixel_type, camera_settings={"replay": {"path": str(path)}}, overwrite=True
    )
    answer = driver.record(settings)
    if answer["error"] is not None:
        return answer["error"]
    assert answer["summary"]["streams"][0]["ledger"]["dropped"] == 0
    return np.fromfile(out, DTYPES[pixel_type]).reshape(frames, height, width)


def assert_plays(driver, tmp_path, path, expected):
    """`expected`: planes in order. One frame more is played: it begins again."""
    expected = np.asarray(expected)
    expected = expected.reshape(-1, *expected.shape[-2:])
    if expected.dtype == bool:
        expected = expected.astype("uint8")
    expected = expected.astype(expected.dtype.newbyteorder("="))
    frames = len(expected) + 1
    played = play(driver, tmp_path, path, PIXEL_TYPES[expected.dtype.name], expected.shape[-2:], frames)
    assert not isinstance(played, str), played
    assert np.array_equal(played[:-1], expected)
    assert np.array_equal(played[-1], expected[0])
    told = driver.info(path)
    assert told["error"] is None, told["error"]
    assert told["info"]["shape"] == [len(expected), *expected.shape[-2:]]
    assert told["info"]["frames_stored"] == len(expected)


def assert_refused(driver, tmp_path, path, reason, shape=(50, 70), pixel_type="U16"):
    answer = play(driver, tmp_path, path, pixel_type, shape, 1)
    assert isinstance(answer, str), "it was played"
    assert answer.startswith(f"video[0].camera.settings.replay.path: {path} cannot be played: "), answer
    assert reason in answer, answer
    assert "os error" not in answer


def plain(**options):
    """The planes as an ordinary stack."""

    def write(path, dtype="uint16", shape=(6, 50, 70)):
        tifffile.imwrite(path, array(shape, dtype), photometric="minisblack", **options)

    return write


PLAYED = {
    # name: (how it is written, dtype)
    "little endian": (plain(byteorder="<"), "uint16"),
    "big endian": (plain(byteorder=">"), "uint16"),
    "BigTIFF": (plain(bigtiff=True), "uint16"),
    "BigTIFF, big endian": (plain(bigtiff=True, byteorder=">"), "uint16"),
    "uint8": (plain(), "uint8"),
    "int8": (plain(), "int8"),
    "int16": (plain(), "int16"),
    "int16, big endian": (plain(byteorder=">"), "int16"),
    "float32": (plain(), "float32"),
    "float32, big endian": (plain(byteorder=">"), "float32"),
    "strips of 7 rows": (plain(rowsperstrip=7), "uint16"),
    "strips of 1 row": (plain(rowsperstrip=1), "uint16"),
    "tiles": (plain(tile=(32, 16)), "uint16"),
    "tiles larger than the image": (plain(tile=(128, 128)), "uint8"),
    "tiles, big endian, BigTIFF": (plain(tile=(16, 16), byteorder=">", bigtiff=True), "float32"),
    "LZW": (plain(compression="lzw"), "uint16"),
    "LZW, predictor 2": (plain(compression="lzw", predictor=2), "uint16"),
    "LZW, tiles": (plain(compression="lzw", tile=(32, 32)), "uint8"),
    "deflate": (plain(compression="zlib"), "uint16"),
    "deflate of Adobe's first number": (plain(compression="deflate"), "uint16"),
    "deflate, predictor 2, 8 bits": (plain(compression="zlib", predictor=2), "uint8"),
    "deflate, predictor 2, signed": (plain(compression="zlib", predictor=2), "int16"),
    "deflate, predictor 2, big endian": (plain(compression="zlib", predictor=2, byteorder=">"), "uint16"),
    "deflate, predictor 2, tiles": (plain(compression="zlib", predictor=2, tile=(32, 16)), "uint16"),
    "deflate, predictor 3": (plain(compression="zlib", predictor=3), "float32"),
    "deflate, predictor 3, big endian, tiles": (plain(compression="zlib", predictor=3, byteorder=">", tile=(16, 16)), "float32"),
    "zstd": (plain(compression="zstd"), "uint16"),
    "zstd, predictor 2, strips": (plain(compression="zstd", predictor=2, rowsperstrip=9), "uint16"),
    "PackBits": (plain(compression="packbits"), "uint8"),
    "PackBits, 16 bits": (plain(compression="packbits", rowsperstrip=8), "uint16"),
    "white is zero": (lambda path, dtype: tifffile.imwrite(path, array(dtype=dtype), photometric="miniswhite"), "uint8"),
    "ImageJ hyperstack": (
        lambda path, dtype: tifffile.imwrite(path, array((2, 3, 2, 50, 70), dtype), imagej=True, metadata={"axes": "TZCYX"}),
        "uint16",
    ),
    "ImageJ, one directory": (
        lambda path, dtype: tifffile.imwrite(path, array(dtype=dtype), imagej=True, truncate=True, metadata={"axes": "TYX"}),
        "uint16",
    ),
    "ImageJ hyperstack, one directory, float": (
        lambda path, dtype: tifffile.imwrite(path, array((2, 3, 50, 70), dtype), imagej=True, truncate=True, metadata={"axes": "ZCYX"}),
        "float32",
    ),
    "tifffile, one directory": (plain(truncate=True), "uint16"),
    "tifffile, one directory, big endian": (plain(truncate=True, byteorder=">"), "int16"),
    "tifffile, five dimensions": (
        lambda path, dtype: tifffile.imwrite(path, array((2, 1, 3, 50, 70), dtype), photometric="minisblack"),
        "uint8",
    ),
    "channels in planes of their own": (
        lambda path, dtype: tifffile.imwrite(path, array((4, 2, 50, 70), dtype), photometric="minisblack", planarconfig="separate"),
        "uint16",
    ),
    "channels in planes of their own, deflated tiles": (
        lambda path, dtype: tifffile.imwrite(
            path, array((2, 3, 50, 70), dtype), photometric="minisblack", planarconfig="separate", tile=(16, 32), compression="zlib", predictor=2
        ),
        "uint8",
    ),
    "no metadata": (plain(metadata=None), "uint16"),
    "OME-TIFF, 5-D": (
        lambda path, dtype: tifffile.imwrite(path, array((2, 3, 2, 50, 70), dtype), ome=True, photometric="minisblack", metadata={"axes": "TCZYX"}),
        "uint16",
    ),
    "OME-TIFF, compressed tiles": (
        lambda path, dtype: tifffile.imwrite(
            path, array((4, 50, 70), dtype), ome=True, photometric="minisblack", tile=(16, 16), compression="zlib", metadata={"axes": "ZYX"}
        ),
        "uint8",
    ),
}


@pytest.mark.parametrize("name", PLAYED)
def test_played_as_tifffile_reads_it(driver, tmp_path, name):
    write, dtype = PLAYED[name]
    path = tmp_path / ("stack.ome.tif" if name.startswith("OME") else "stack.tif")
    write(path, dtype)
    assert_plays(driver, tmp_path, path, tifffile.imread(path))


@pytest.mark.parametrize("seed", range(30))
def test_random_kinds(driver, tmp_path, seed):
    """Any mixture of what the table says: tifffile reads the same, or the file is refused by name."""
    rng = np.random.default_rng(seed)

    def pick(*choices):
        return choices[rng.integers(len(choices))]

    dtype = pick("uint8", "uint16", "int8", "int16", "float32", "float64", "uint32")
    shape = (int(rng.integers(1, 5)), int(rng.integers(2, 90)), int(rng.integers(2, 90)))
    compression = pick(None, "lzw", "zlib", "zstd", "packbits", "lzma")
    options = dict(byteorder=pick("<", ">"), bigtiff=pick(True, False), compression=compression)
    if compression in ("lzw", "zlib", "zstd") and rng.random() < 0.5:
        options["predictor"] = 3 if dtype.startswith("float") else 2
    layout = pick("strip", "strips", "tiles")
    if layout == "strips":
        options["rowsperstrip"] = int(rng.integers(1, shape[1] + 1))
    elif layout == "tiles":
        options["tile"] = (16 * int(rng.integers(1, 5)), 16 * int(rng.integers(1, 5)))
    elif compression is None:
        options["truncate"] = pick(True, False)
    path = tmp_path / "random.tif"
    tifffile.imwrite(path, array(shape, dtype, seed), photometric=pick("minisblack", "miniswhite"), **options)
    if dtype in PIXEL_TYPES and compression != "lzma":
        assert_plays(driver, tmp_path, path, tifffile.imread(path))
    else:
        reason = "compressed by LZMA" if compression == "lzma" else f"its pixels are {dtype}"
        assert_refused(driver, tmp_path, path, reason, shape=shape[1:], pixel_type="U8")


def one_page(path, pixels, *, bits=8, extra=(), compression=1):
    """A page that tifffile does not write: packed bits, bits the other way round. Little endian, one strip."""
    height, width = 50, 70
    entries = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, bits),
        (259, 3, compression),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, len(pixels)),
        *extra,
    ]
    entries.sort()
    at = 8 + len(pixels) + len(pixels) % 2
    with open(path, "wb") as file:
        file.write(b"II*\0" + struct.pack("<I", at) + pixels + b"\0" * (len(pixels) % 2))
        file.write(struct.pack("<H", len(entries)))
        for tag, kind, value in entries:
            file.write(struct.pack("<HHII", tag, kind, 1, value))
        file.write(struct.pack("<I", 0))


@pytest.mark.parametrize("bits", [1, 4, 10, 12, 14])
def test_packed_bits_come_unpacked(driver, tmp_path, bits):
    values = np.random.default_rng(bits).integers(0, 1 << bits, (50, 70))
    rows = ((values[..., None] >> np.arange(bits - 1, -1, -1)) & 1).astype("u1").reshape(50, -1)
    path = tmp_path / "packed.tif"
    one_page(path, np.packbits(rows, axis=1).tobytes(), bits=bits)
    expected = tifffile.imread(path)
    assert np.array_equal(expected, values)
    assert_plays(driver, tmp_path, path, expected)


def test_bits_the_other_way_round(driver, tmp_path):
    path = tmp_path / "reversed.tif"
    pixels = array((50, 70), "uint8").tobytes()
    one_page(path, pixels, extra=[(266, 3, 2)])
    expected = tifffile.imread(path)
    assert not np.array_equal(expected, array((50, 70), "uint8"))
    assert_plays(driver, tmp_path, path, expected)


def test_metamorph_stack(driver, tmp_path):
    """Planes behind one directory, counted by UIC2; MetaMorph's other tags lie beside it."""
    pixels = array((6, 50, 70), "uint8")
    path = tmp_path / "stack.stk"
    tags = [
        (33628, 4, 0, None, True),
        (33629, 5, 6, tuple(range(1, 6 * 6 * 2 + 1))[: 6 * 2], True),
    ]
    tifffile.imwrite(path, pixels, metadata=None, photometric="minisblack", truncate=True, contiguous=True, extratags=tags[1:])
    with tifffile.TiffFile(path) as file:
        assert len(file.pages) == 1 and file.pages[0].tags[33629].count == 6
    named = tmp_path / "stack.tif"
    path.rename(named)
    assert_plays(driver, tmp_path, named, pixels)


def test_smaller_copies_in_the_chain_are_no_planes(driver, tmp_path):
    pixels, small = array((4, 50, 70), "uint8"), array((4, 10, 14), "uint8")
    path = tmp_path / "thumbnails.tif"
    with tifffile.TiffWriter(path) as tiff:
        for plane, thumbnail in zip(pixels, small):
            tiff.write(plane, metadata=None, photometric="minisblack")
            tiff.write(thumbnail, metadata=None, photometric="minisblack", subfiletype=1)
    assert_plays(driver, tmp_path, path, pixels)


def test_lsm_keeps_channels_in_planes_of_their_own(driver, tmp_path):
    """As Zeiss writes them: two channels a page, and a colour thumbnail after each."""
    pixels, small = array((3, 2, 50, 70), "uint8"), array((3, 8, 10, 3), "uint8")
    path = tmp_path / "channels.tif"
    with tifffile.TiffWriter(path) as tiff:
        for plane, thumbnail in zip(pixels, small):
            tiff.write(plane, metadata=None, photometric="minisblack", planarconfig="separate", compression="lzw")
            tiff.write(thumbnail, metadata=None, photometric="rgb", subfiletype=1)
    assert_plays(driver, tmp_path, path, pixels)


def test_zoom_levels_in_sub_directories_are_no_planes(driver, tmp_path):
    pixels = array((3, 64, 64), "uint16")
    path = tmp_path / "pyramid.ome.tif"
    with tifffile.TiffWriter(path, ome=True) as tiff:
        tiff.write(pixels, subifds=2, photometric="minisblack", tile=(16, 16), metadata={"axes": "ZYX"})
        for level in (1, 2):
            tiff.write(pixels[:, :: 2**level, :: 2**level], subfiletype=1, photometric="minisblack", tile=(16, 16))
    assert_plays(driver, tmp_path, path, tifffile.imread(path))


def test_pages_that_were_written_one_by_one(driver, tmp_path):
    pixels = array((5, 50, 70))
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as tiff:
        for plane in pixels:
            tiff.write(plane, photometric="minisblack")
    assert_plays(driver, tmp_path, path, pixels)


def ome_set(folder, order="XYCZT"):
    """c in files of their own, z in each: planes[c, z]."""
    pixels = array((2, 3, 50, 70))
    names = ["cells_c0.ome.tif", "cells_c1.ome.tif"]
    data = "".join(
        f'<TiffData FirstZ="{z}" FirstC="{c}" FirstT="0" IFD="{z}" PlaneCount="1"><UUID FileName="{names[c]}">urn:uuid:{c}</UUID></TiffData>'
        for c in range(2)
        for z in range(3)
    )
    for c, name in enumerate(names):
        xml = (
            f'<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:{c}">'
            f'<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="{order}" Type="uint16" SizeX="70" SizeY="50" SizeC="2" SizeZ="3" SizeT="1">'
            f'<Channel ID="Channel:0:0" SamplesPerPixel="1"/><Channel ID="Channel:0:1" SamplesPerPixel="1"/>{data}</Pixels></Image></OME>'
        )
        tifffile.imwrite(folder / name, pixels[c], description=xml.encode(), metadata=None, photometric="minisblack")
    return pixels, [folder / name for name in names]


def test_ome_set_over_several_files(driver, tmp_path):
    """In the order of acquisition, which is `DimensionOrder`: tifffile's array, its axes in that order."""
    pixels, paths = ome_set(tmp_path)
    expected = tifffile.imread(paths[0])
    assert expected.shape == (3, 2, 50, 70) and np.array_equal(expected, pixels.transpose(1, 0, 2, 3))
    for path in paths:
        assert_plays(driver, tmp_path, path, expected)
    pixels, paths = ome_set(tmp_path, "XYZCT")
    assert_plays(driver, tmp_path, paths[1], pixels)
    paths[1].unlink()
    assert_refused(driver, tmp_path, paths[0], 'lies in "cells_c1.ome.tif" beside it, and there is no such file')
    assert "cells_c1.ome.tif" in driver.info(paths[0])["error"]


def test_the_image_of_make_py(driver, tmp_path):
    """faults/make.py, input 1."""
    path = tmp_path / "stack-imagej.tif"
    pixels = (np.arange(6 * 50 * 70).reshape(6, 50, 70) * 3).astype("u2")
    tifffile.imwrite(path, pixels, imagej=True, truncate=True, metadata=dict(axes="TYX"))
    with tifffile.TiffFile(path) as file:
        assert len(list(file.pages)) >= 1
    assert_plays(driver, tmp_path, path, pixels)


REFUSED = {
    "uint32": (plain(), "uint32", "its pixels are uint32, and a camera gives 8 or 16 bits"),
    "int32": (plain(), "int32", "its pixels are int32"),
    "uint64": (plain(), "uint64", "its pixels are uint64"),
    "float16": (plain(), "float16", "its pixels are float16"),
    "float64": (plain(), "float64", "its pixels are float64"),
    "JPEG": (plain(compression="jpeg"), "uint8", "is compressed by JPEG"),
    "JPEG 2000": (plain(compression="jpeg2000"), "uint8", "is compressed by JPEG 2000"),
    "LZMA": (plain(compression="lzma"), "uint16", "is compressed by LZMA, which is not read here; save it without compression"),
    "WebP": (
        lambda path, dtype: tifffile.imwrite(path, array((50, 70, 3), dtype), photometric="rgb", compression="webp"),
        "uint8",
        "is RGB, not gray",
    ),
    "RGB": (lambda path, dtype: tifffile.imwrite(path, array((50, 70, 3), dtype), photometric="rgb"), "uint8", "is RGB, not gray; split its channels"),
    "RGB, planes apart": (
        lambda path, dtype: tifffile.imwrite(path, array((3, 50, 70), dtype), photometric="rgb", planarconfig="separate"),
        "uint8",
        "is RGB, not gray",
    ),
    "two samples side by side": (
        lambda path, dtype: tifffile.imwrite(path, array((50, 70, 2), dtype), photometric="minisblack", planarconfig="contig"),
        "uint16",
        "has 2 samples a pixel",
    ),
    "palette": (
        lambda path, dtype: tifffile.imwrite(path, array((50, 70), dtype), photometric="palette", colormap=array((3, 256), "uint16")),
        "uint8",
        "is indexed colour",
    ),
    "complex": (lambda path, dtype: tifffile.imwrite(path, np.zeros((50, 70), dtype), photometric="minisblack"), "complex64", "its pixels are complex64"),
    "OME-TIFF of two images": (
        lambda path, dtype: write_two_images(path, dtype),
        "uint16",
        "it holds 2 images",
    ),
}


def write_two_images(path, dtype):
    with tifffile.TiffWriter(path, ome=True) as tiff:
        for seed in (1, 2):
            tiff.write(array((2, 50, 70), dtype, seed), photometric="minisblack", metadata={"axes": "ZYX", "Name": f"position {seed}"})


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name(driver, tmp_path, name):
    write, dtype, reason = REFUSED[name]
    path = tmp_path / ("wrong.ome.tif" if name.startswith("OME") else "wrong.tif")
    write(path, dtype)
    assert_refused(driver, tmp_path, path, reason)


def test_broken_files_are_named(driver, tmp_path):
    whole, path = tmp_path / "whole.tif", tmp_path / "broken.tif"
    plain()(whole)
    content = whole.read_bytes()
    with tifffile.TiffFile(whole) as file:
        pages = [(page.offset, page.dataoffsets[0]) for page in file.pages]

    def refused(content, reason):
        path.write_bytes(content)
        assert_refused(driver, tmp_path, path, reason)

    refused(content[: pages[-1][1] + 100], "cut short")
    refused(content[: pages[3][0] + 4], "it is cut short or damaged after 3 directories")
    refused(b"", "it is no TIFF file")
    refused(b"\x89PNG and so on", "it is no TIFF file")
    # The second directory leads back to the first one.
    with tifffile.TiffFile(whole) as file:
        page = file.pages[1]
        link = page.offset + 2 + 12 * len(page.tags)
    circle = bytearray(content)
    circle[link : link + 4] = struct.pack("<I", pages[0][0])
    refused(bytes(circle), "its directories run in a circle after number 2")
    assert "circle" in driver.info(path)["error"]
    # A claim that the file has no room for.
    tifffile.imwrite(path, array(), imagej=True, truncate=True, metadata={"axes": "TYX"})
    refused(path.read_bytes().replace(b"images=6", b"images=9"), "it says that it holds 9 planes (ImageJ), and has room for 6")
    path.unlink()
    assert_refused(driver, tmp_path, path, "there is no such file; give the path of a TIFF stack on the camera computer")
    assert json.dumps(driver.info(path)["error"])
