"""Configuration documents for the tests, and the frames that the simulated cameras owe for them."""

import numpy as np

NAMES = [
    "Zarr",
    "ZarrBlosc1ZstdByteShuffle",
    "ZarrBlosc1Lz4ByteShuffle",
    "ZarrV3",
    "ZarrV3Blosc1ZstdByteShuffle",
    "ZarrV3Blosc1Lz4ByteShuffle",
]
DTYPES = {"U8": "u1", "U16": "<u2", "I8": "i1", "I16": "<i2", "F32": "<f4", "U10": "<u2", "U12": "<u2", "U14": "<u2"}


def dimension(name, kind, size, chunk, shard=0):
    return {"name": name, "kind": kind, "array_size_px": size, "chunk_size_px": chunk, "shard_size_chunks": shard}


def tutorial_dimensions(shards=(0, 0, 0, 0, 0)):
    """The tutorial's dimensions, fastest first."""
    return [
        dimension("x", "Space", 1920, 960, shards[0]),
        dimension("y", "Space", 1080, 540, shards[1]),
        dimension("z", "Space", 10, 5, shards[2]),
        dimension("c", "Channel", 3, 1, shards[3]),
        dimension("t", "Time", 0, 10, shards[4]),
    ]


def document(camera, storage, dimensions, frames, uri, *, pixel_type="U8", exposure_time_us=0.0, camera_settings=None, **settings):
    return {
        "video": [
            {
                "camera": {
                    "identifier": {"id": [0, 0], "kind": "Camera", "name": camera},
                    "settings": {
                        "exposure_time_us": exposure_time_us,
                        "pixel_type": pixel_type,
                        "shape": [dimensions[0]["array_size_px"], dimensions[1]["array_size_px"]],
                        **(camera_settings or {}),
                    },
                },
                "storage": {
                    "identifier": {"id": [0, 0], "kind": "Storage", "name": storage},
                    "settings": {"uri": uri, "acquisition_dimensions": dimensions, **settings},
                },
                "max_frame_count": frames,
            }
        ]
    }


def radial_sine(frame_id, period_s, width, height):
    """The radial sine of frame `frame_id`, in 64-bit floats."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    r2 = (x - width / 2) ** 2 + (y - height / 2) ** 2
    return 127 * (np.sin(6.28 * (10 * frame_id * period_s + r2 * 0.01)) + 1)
