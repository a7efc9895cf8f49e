"""Microscope images that somebody else made, through the camera and every Zarr kind, bit for bit."""

import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

from documents import NAMES, dimension, document


def stack(images, name, tmp_path):
    """The pages as (page, y, x) and the TIFF that holds them."""
    if name == "cell.png":
        pixels = np.array(Image.open(images / name))
        pixels = pixels if pixels.ndim == 2 else pixels[..., 0]
        path = tmp_path / "cell.tif"
        tifffile.imwrite(path, pixels, compression="zlib")
        return pixels[None], path
    pages = tifffile.imread(images / name)
    return (pages if pages.ndim == 3 else pages[None]), images / name


@pytest.mark.parametrize("name", ["img2d.tif", "img3d.tif", "cell.png"])
@pytest.mark.parametrize("storage", NAMES)
def test_replayed_images_read_back(tmp_path, acquire, microscope_images, storage, name):
    pages, path = stack(microscope_images, name, tmp_path)
    depth, height, width = pages.shape
    frames = 2 * depth + 1  # it plays in a loop
    dimensions = [
        dimension("x", "Space", width, 100),
        dimension("y", "Space", height, 77),
        dimension("z", "Space", depth, 3),
        dimension("t", "Time", 0, 2),
    ]
    pixel_type = {"uint8": "U8", "uint16": "U16", "int16": "I16", "int8": "I8"}[pages.dtype.name]
    acquire(
        document("replay", storage, dimensions, frames, "out.zarr", pixel_type=pixel_type, camera_settings={"replay": {"path": str(path)}})
    )
    array = zarr.open(tmp_path / "out.zarr/0", mode="r")
    assert array.shape == (3, depth, height, width) and array.dtype == pages.dtype
    assert np.array_equal(array[0], pages) and np.array_equal(array[1], pages)
    assert np.array_equal(array[2, 0], pages[0]) and not array[2, 1:].any()
