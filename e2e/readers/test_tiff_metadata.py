"""Our own TIFF files with any metadata: tifffile reads the pixels, and whoever asks gets the metadata back whole."""

import json
import random

import numpy as np
import pytest
import tifffile

from documents import dimension, document
from uniform_random import uniform_random

DIMENSIONS = [dimension("x", "Space", 47, 16), dimension("y", "Space", 33, 10), dimension("t", "Time", 0, 4)]
FRAMES = np.stack([uniform_random(i, 47, 33, "U16") for i in range(3)])

#: What programs know each other by, and what tries an escape.
WORDS = [
    "shape", '"shape":', "{\"shape\": [1, 2]}", "mibi.", "scanimage.SI", "Improvision", "ImageJ=1.53\nimages=9\n", "ImageJ", "OME",
    "<OME></OME>", "</scn>", "Aperio ", "SIMPLE ", "END", "axes", "truncated", "\0", "\u03bb", "\U0001f52c", "\\", '"', "\n", "\u2028", "",
]  # fmt: skip
BY_HAND = {
    "shape": '{"shape": [6, 7]}',
    "shape, deep": '{"a": [{"b": {"shape": "round", "axes": "TYX"}}]}',
    "shape with room": '{\n  "shape" : [1],\n  "truncated": true\n}',
    "numbers of any length": '{"n": 123456789012345678901234567890, "x": 0.1000000000000000055511151231257827, "e": 1e300}',
    "NUL and beyond": '{"\\u0000": "\\u0000", "\u03bb": "\U0001f52c"}',
    "very long": json.dumps({"text": "x" * 200_000, "list": list(range(20_000))}),
    "ends like others": '{"z": "scanimage.SI"}',
    "ends like OME": '{"z": "</OME>"}',
    "Improvision": '{"Improvision": "Improvision"}',
    "empty": "{}",
}


def value(rng, depth):
    kind = rng.randrange(6 if depth < 4 else 4)
    if kind == 0:
        return rng.choice([None, True, False, -1, 2**53, 1.5])
    if kind in (1, 2, 3):
        return "".join(rng.choice(WORDS) for _ in range(rng.randrange(4)))
    if kind == 4:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return dictionary(rng, depth + 1)


def dictionary(rng, depth=0):
    return {"".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 3))): value(rng, depth) for _ in range(rng.randrange(5))}


def assert_reads(acquire, tmp_path, text, **settings):
    acquire(
        document(
            "simulated: uniform random", "tiff", DIMENSIONS, 3, "out.tif", pixel_type="U16", external_metadata_json=text, overwrite=True, **settings
        )
    )
    path = tmp_path / "out.tif"
    assert np.array_equal(tifffile.imread(path), FRAMES)
    with tifffile.TiffFile(path) as tiff:
        assert len(tiff.series) == 1 and tiff.series[0].shape == FRAMES.shape
        assert not (tiff.is_imagej or tiff.is_ome or tiff.is_shaped or tiff.is_scanimage)
        described = tiff.pages[0].description
    # ImageJ and Bio-Formats ask how a description begins and ends, and for one name anywhere in it.
    assert described.isascii() and described.startswith('{"') and described.endswith("}")
    assert "Improvision" not in described
    numbers = {"parse_int": str, "parse_float": str}
    assert json.loads(described, **numbers)["metadata"] == json.loads(text, **numbers)
    return described


@pytest.mark.parametrize("name", BY_HAND)
def test_metadata_that_look_like_another_programs(acquire, tmp_path, name):
    assert_reads(acquire, tmp_path, BY_HAND[name])


def test_random_metadata(acquire, tmp_path):
    rng = random.Random(9)
    for _ in range(40):
        text = json.dumps(dictionary(rng), ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1]))
        assert_reads(acquire, tmp_path, text)


def test_notes_are_no_other_programs_either(acquire, tmp_path):
    notes = {"sample": '"shape":', "operator": "Improvision", "text": "scanimage.SI"}
    described = assert_reads(acquire, tmp_path, "{}", notes=notes)
    assert json.loads(described)["notes"] == notes


@pytest.mark.parametrize("storage", ["tiff", "tiff-json"])
def test_the_size_of_a_pixel(acquire, tmp_path, storage):
    def tags(**settings):
        acquire(document("simulated: uniform random", storage, DIMENSIONS, 3, "out", pixel_type="U16", overwrite=True, **settings))
        path = tmp_path / "out"
        with tifffile.TiffFile(path / "data.tif" if storage == "tiff-json" else path) as tiff:
            return [
                {name: page.tags[name].value for name in ("XResolution", "YResolution", "ResolutionUnit") if name in page.tags} for page in tiff.pages
            ]

    for page in tags(pixel_scale_um=[0.25, 0.108]):
        assert page["ResolutionUnit"] == tifffile.RESUNIT.CENTIMETER
        pixels, centimetres = page["XResolution"]
        assert 1e4 * centimetres / pixels == pytest.approx(0.25, rel=1e-12)
        pixels, centimetres = page["YResolution"]
        assert 1e4 * centimetres / pixels == pytest.approx(0.108, rel=1e-12)
    # Not calibrated: no claim.
    assert tags(pixel_scale_um=[0, 0]) == [{}, {}, {}]


def test_raw_names_the_size_of_a_pixel(acquire, tmp_path):
    def described(**settings):
        acquire(document("simulated: uniform random", "raw", DIMENSIONS, 3, "out.raw", pixel_type="U16", overwrite=True, **settings))
        return json.loads((tmp_path / "out.raw.json").read_text())

    assert described(pixel_scale_um=[0.25, 0.5])["pixel_size"] == {"x": 0.25, "y": 0.5, "unit": "micrometer"}
    assert described(pixel_scale_um=[0, 0])["pixel_size"] is None


def test_pages_call_the_clock_as_acquire_does(acquire, tmp_path):
    described = assert_reads(acquire, tmp_path, "{}")
    assert set(json.loads(described)["timestamps"]) == {"hardware", "runtime"}
