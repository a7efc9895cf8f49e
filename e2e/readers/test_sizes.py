"""What a document says of sizes, and what readers find: units x scale x pixel size x binning x average x interval."""

import random

import pytest
import zarr
from ome_zarr_models.v04 import Image as Image04
from ome_zarr_models.v05 import Image as Image05

from documents import dimension, document

SPACE = {"nanometer": 1e-3, "micrometer": 1.0, "millimeter": 1e3, "angstrom": 1e-4, "inch": 25_400.0}
SPELT = {"nm": "nanometer", "um": "micrometer", "µm": "micrometer", "mm": "millimeter"}
TIME = {"second": 1.0, "millisecond": 1e-3, "minute": 60.0}
DEVICES = ["Zarr", "ZarrBlosc1ZstdByteShuffle", "ZarrV3", "ZarrV3Blosc1Lz4ByteShuffle"]


def cases(count):
    rng = random.Random(9)
    for number in range(count):
        yield dict(
            number=number,
            device=DEVICES[number % len(DEVICES)],
            um=rng.choice([0.0, 0.25, 1.0, 0.108]),
            x=(rng.choice([0, 0, 0.5, 300]), rng.choice(["", *SPACE, *SPELT])),
            z=(rng.choice([0, 2.0]), rng.choice(["", "micrometer", "nanometer"])),
            t=(rng.choice([0, 0, 2.0]), rng.choice(["", *TIME])),
            binning=rng.choice([1, 2]),
            average=rng.choice([0, 2]),
            interval_us=rng.choice([0.0, 0.0, 200_000.0]),
            exposure_us=rng.choice([0.0, 2000.0]),
            levels=rng.choice([0, 2]),
        )


def meant_in_space(scale, unit, um):
    """(step, unit) as the store must say it."""
    name = SPELT.get(unit, unit)
    if scale:
        return scale, name or None
    if not um:
        return 1.0, None
    return um / SPACE[name or "micrometer"], name or "micrometer"


def meant_in_time(case):
    scale, unit = case["t"]
    if scale:
        return scale, unit or None
    frames = 3 * max(1, case["average"])
    us = case["interval_us"] or case["exposure_us"] * frames
    return (us / 1e6 / TIME[unit or "second"], unit or "second") if us else (1.0, None)


@pytest.mark.parametrize("case", cases(24), ids=lambda case: str(case["number"]))
def test_sizes(tmp_path, acquire, case):
    def sized(entry, scale, unit):
        return {**entry, **({"scale": scale} if scale else {}), **({"unit": unit} if unit else {})}

    dimensions = [
        sized(dimension("x", "Space", 40, 10), *case["x"]),
        sized(dimension("y", "Space", 24, 10), *case["x"]),
        sized(dimension("z", "Space", 3, 1), *case["z"]),
        sized(dimension("t", "Time", 0, 1), *case["t"]),
    ]
    frames = 6 * max(1, case["average"])
    written = document("simulated: uniform random", case["device"], dimensions, frames, "out.zarr")
    [stream] = written["video"]
    stream["camera"]["settings"].update(binning=case["binning"], exposure_time_us=case["exposure_us"])
    stream["storage"]["settings"]["pixel_scale_um"] = [case["um"], case["um"]]
    if case["levels"]:
        stream["storage"]["settings"]["multiscale"] = {"method": "mean", "max_levels": case["levels"]}
    stream.update(frame_average_count=case["average"], time_point_interval_us=case["interval_us"])
    acquire(written)

    version = 3 if case["device"].startswith("ZarrV3") else 2
    group = zarr.open_group(tmp_path / "out.zarr", mode="r", zarr_format=version)
    model = (Image05 if version == 3 else Image04).from_zarr(group)
    [image] = (model.attributes.ome if version == 3 else model.attributes).multiscales
    meant = [
        meant_in_time(case),
        meant_in_space(*case["z"], 0.0),
        meant_in_space(*case["x"], case["um"]),
        meant_in_space(*case["x"], case["um"]),
    ]
    assert [axis.unit for axis in image.axes] == [unit for _, unit in meant]
    full = group["0"].shape
    assert len(image.datasets) == 1 + case["levels"]
    for dataset in image.datasets:
        shape = group[dataset.path].shape
        factors = [next(f for f in (1, 2, 4) if -(-a // f) == b) for a, b in zip(full, shape, strict=True)]
        scale, *others = dataset.coordinateTransformations
        assert scale.scale == pytest.approx([step * factor for (step, _), factor in zip(meant, factors, strict=True)], rel=1e-12)
        middle = [step * (factor - 1) / 2 for (step, _), factor in zip(meant, factors, strict=True)]
        assert [shift for other in others for shift in other.translation] == (pytest.approx(middle) if any(middle) else [])
