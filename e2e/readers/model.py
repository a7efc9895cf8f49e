"""What a store must hold, computed from the frames by NumPy, without our writer's code."""

import json

import numpy as np


def placed(frames, dimensions, storage_order, steps):
    """Frames by frame index (None: lost), as the full level: the array and which of its planes are there, in storage order."""
    fastest_first = dimensions[2:]
    sizes = [steps, *(d["array_size_px"] for d in reversed(fastest_first[:-1]))]
    sample = next(frame for frame in frames if frame is not None)
    there = np.zeros(int(np.prod(sizes)), bool)
    planes = np.zeros((len(there), *sample.shape), sample.dtype)
    for frame_index, frame in enumerate(frames):
        if frame is not None:
            planes[frame_index], there[frame_index] = frame, True
    names = [d["name"] for d in reversed(fastest_first)]
    order = [names.index(name) for name in storage_order[:-2]] if storage_order else list(range(len(names)))
    last = len(order)
    array = planes.reshape(*sizes, *sample.shape).transpose(*order, last, last + 1)
    return array, there.reshape(sizes).transpose(order)


def _halves(array, axis):
    """First and second of each pair along an axis; at an odd end the first stands for both."""
    first = np.take(array, range(0, array.shape[axis], 2), axis)
    second_indices = [min(i + 1, array.shape[axis] - 1) for i in range(0, array.shape[axis], 2)]
    return first, np.take(array, second_indices, axis)


def _in_plane(array, method, axes):
    """Blocks of a plane as an axis in front."""
    blocks = [array]
    for axis in axes:
        blocks = [half for block in blocks for half in _halves(block, axis)]
    return blocks[:1] if method == "decimate" else blocks


def reduced(array, there, method, factors):
    """The next coarser level. `factors`: 1 or 2 for each axis; at most one of the outer axes is halved."""
    outer = there.ndim
    blocks = _in_plane(array, method, [axis for axis in (outer, outer + 1) if factors[axis] == 2])
    wide = np.float64 if array.dtype.kind == "f" else np.int64
    values = np.stack(blocks).astype(wide)
    [*z] = (axis for axis in range(outer) if factors[axis] == 2)
    # (blocks, parts, ...): parts of a pair along z, each with whether it is there.
    if z:
        odd = there.shape[z[0]] % 2
        pad = [(0, 0)] * outer
        pad[z[0]] = (0, odd)
        present = np.pad(there, pad)
        values = np.pad(values, [(0, 0), *pad, (0, 0), (0, 0)])
        parts = [np.take(values, range(i, values.shape[z[0] + 1], 2), z[0] + 1) for i in (0, 1)]
        presence = [np.take(present, range(i, present.shape[z[0]], 2), z[0]) for i in (0, 1)]
        if method == "decimate":
            parts, presence = parts[:1], presence[:1]
    else:
        parts, presence = [values], [there]
    counts = sum(p.astype(np.int64) for p in presence)
    masks = [p[None, ..., None, None] for p in presence]
    match method:
        case "mean":
            total = sum(np.where(mask, part, 0) for part, mask in zip(parts, masks, strict=True)).sum(0)
            number = np.maximum(counts, 1)[..., None, None] * len(blocks)
            result = total / number if wide is np.float64 else (2 * total + number) // (2 * number)
        case "decimate":
            result = np.where(masks[0], parts[0], 0)[0]
        case "min":
            most = np.inf if wide is np.float64 else np.iinfo(np.int64).max
            result = np.minimum.reduce([np.where(mask, part, most) for part, mask in zip(parts, masks, strict=True)]).min(0)
        case "max":
            least = -np.inf if wide is np.float64 else np.iinfo(np.int64).min
            result = np.maximum.reduce([np.where(mask, part, least) for part, mask in zip(parts, masks, strict=True)]).max(0)
    exists = counts > 0
    return np.where(exists[..., None, None], result, 0).astype(array.dtype), exists


def factors_of(path, version):
    """By how much each level is coarser than the full one, as the metadata says."""
    attributes = json.loads((path / ("zarr.json" if version == 3 else ".zattrs")).read_text())
    [multiscale] = (attributes["attributes"]["ome"] if version == 3 else attributes)["multiscales"]
    assert [dataset["path"] for dataset in multiscale["datasets"]] == [str(level) for level in range(len(multiscale["datasets"]))]
    scales = [dataset["coordinateTransformations"][0]["scale"] for dataset in multiscale["datasets"]]
    return [[round(a / b) for a, b in zip(scale, scales[0], strict=True)] for scale in scales]
