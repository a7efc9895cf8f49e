"""Acquire's tutorial "Configuring Zarr storage with chunking", line by line; what differs is the import.

Needs the package `zarrcam` (bridge/python) and zarr. A bridge that runs is used, else one is started.

    python examples/chunked.py
"""

import zarrcam as acquire

runtime = acquire.Runtime()
dm = runtime.device_manager()
config = runtime.get_configuration()

config.video[0].camera.identifier = dm.select(acquire.DeviceKind.Camera, "simulated: radial sin")
config.video[0].storage.identifier = dm.select(acquire.DeviceKind.Storage, "Zarr")
config.video[0].camera.settings.exposure_time_us = 7e4  # 70 ms
config.video[0].camera.settings.shape = (1920, 1080)
config.video[0].camera.settings.pixel_type = acquire.SampleType.U8
config.video[0].storage.settings.filename = "out.zarr"

# Fastest first: the reverse of the array's axes.
dimension_x = acquire.StorageDimension(name="x", kind="Space", array_size_px=1920, chunk_size_px=960)
dimension_y = acquire.StorageDimension(name="y", kind="Space", array_size_px=1080, chunk_size_px=540)
dimension_z = acquire.StorageDimension(name="z", kind="Space", array_size_px=10, chunk_size_px=5)
dimension_c = acquire.StorageDimension(name="c", kind="Channel", array_size_px=3, chunk_size_px=1)
dimension_t = acquire.StorageDimension(name="t", kind="Time", array_size_px=0, chunk_size_px=10)

config.video[0].storage.settings.acquisition_dimensions = [
    dimension_x,
    dimension_y,
    dimension_z,
    dimension_c,
    dimension_t,
]

config.video[0].max_frame_count = (
    dimension_z.array_size_px * dimension_c.array_size_px * dimension_t.chunk_size_px
)  # 300

config = runtime.set_configuration(config)

runtime.start()
runtime.stop()

import zarr  # noqa: E402

group = zarr.open(config.video[0].storage.settings.filename)

assert len(group) == 1
print(group["0"])
