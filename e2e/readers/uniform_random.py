"""The frames of the camera `simulated: uniform random`, from its documented formula, in NumPy."""

import numpy as np

from documents import DTYPES

_BITS = {"U8": 8, "I8": 8, "U10": 10, "U12": 12, "U14": 14, "U16": 16, "I16": 16}


def _lowbias32(x):
    x = np.asarray(x, np.uint32).copy()
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def uniform_random(frame_id, width, height, pixel_type="U8", offset=(0, 0)):
    """Frame `frame_id` as an array (height, width)."""
    with np.errstate(over="ignore"):
        high = _lowbias32(np.uint32((frame_id >> 32) ^ 0x9E3779B9))
        key = _lowbias32(np.uint32(frame_id & 0xFFFFFFFF) ^ high)
        rows = _lowbias32(np.arange(height, dtype=np.uint32) + np.uint32(offset[1]))
        row_keys = _lowbias32(rows + key)
        columns = np.arange(width, dtype=np.uint32) + np.uint32(offset[0])
        bits = _lowbias32(row_keys[:, None] + columns[None, :])
    if pixel_type == "F32":
        return ((bits >> np.uint32(8)) / np.float32(16777216)).astype("<f4")
    values = bits >> np.uint32(32 - _BITS[pixel_type])
    unsigned = values.astype("u1" if _BITS[pixel_type] == 8 else "<u2")
    return unsigned.view(DTYPES[pixel_type])
