"""The peers, fed like a camera feeds them: one process a run, frame by frame, as fast as they take them.

    python peers.py acquire-zarr|tensorstore CASE_JSON

prints one JSON line: wall_s (first append to closed), append_ms {p50, p99, max}, rss_base_mib, rss_peak_mib, cpu_s.
Our own writer takes the same CASE_JSON and prints the same line.
"""

import json
import math
import resource
import sys
import time

import numpy as np


def _status_mib(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(f"{field}:"))


def _cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class AcquireZarr:
    def __init__(self, case):
        import acquire_zarr as az

        array = az.ArraySettings(
            data_type=np.dtype(case["dtype"]),
            dimensions=[
                az.Dimension(
                    name=d["name"],
                    kind=getattr(az.DimensionType, d["kind"].upper()),
                    array_size_px=d["array_size_px"],
                    chunk_size_px=d["chunk_size_px"],
                    shard_size_chunks=d["shard_size_chunks"],
                )
                for d in case["dimensions"][::-1]
            ],
        )
        if case["codec"] != "none":
            codec = az.CompressionCodec.BLOSC_LZ4 if case["codec"] == "blosc-lz4" else az.CompressionCodec.BLOSC_ZSTD
            array.compression = az.CompressionSettings(compressor=az.Compressor.BLOSC1, codec=codec, level=case["level"], shuffle=1)
        if case["multiscale"]:
            array.downsampling_method = az.DownsamplingMethod.MEAN
        settings = az.StreamSettings(store_path=case["store"], overwrite=True)
        settings.arrays = [array]
        self._stream = az.ZarrStream(settings)
        self.append = self._stream.append

    def close(self):
        self._stream.close()


class TensorStore:
    """Gathers a layer of shards in memory and has at most two writes under way, the way its users stream into it."""

    def __init__(self, case):
        import tensorstore as ts

        slowest_first = case["dimensions"][::-1]
        self._inner = [d["array_size_px"] for d in slowest_first[1:]]
        self._per_step = math.prod(self._inner[:-2])
        chunk = [d["chunk_size_px"] for d in slowest_first]
        shard = [d["chunk_size_px"] * d["shard_size_chunks"] for d in slowest_first]
        little = {"name": "bytes", "configuration": {"endian": "little"}}
        inner_codecs = [little]
        if case["codec"] != "none":
            options = {
                "cname": case["codec"].split("-")[1],
                "clevel": case["level"],
                "shuffle": "shuffle",
                "typesize": np.dtype(case["dtype"]).itemsize,
            }
            inner_codecs.append({"name": "blosc", "configuration": options})
        sharding = {"chunk_shape": chunk, "codecs": inner_codecs, "index_codecs": [little, {"name": "crc32c"}]}
        self._array = ts.open(
            {
                "driver": "zarr3",
                "kvstore": {"driver": "file", "path": f"{case['store']}/0"},
                "context": {"file_io_sync": False},
                "metadata": {
                    "shape": [math.ceil(case["frames"] / self._per_step), *self._inner],
                    "data_type": case["dtype"],
                    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shard}},
                    "codecs": [{"name": "sharding_indexed", "configuration": sharding}],
                },
            },
            create=True,
            delete_existing=True,
        ).result()
        self._steps = shard[0]
        self._layer = 0
        self._filled = 0
        self._free = [np.empty((self._steps * self._per_step, *case["frame"]), case["dtype"]) for _ in range(3)]
        self._buffer = self._free.pop()
        self._flying = []

    def _write(self):
        steps = math.ceil(self._filled / self._per_step)
        block = self._buffer[: steps * self._per_step].reshape(steps, *self._inner)
        start = self._layer * self._steps
        # 0.1.86 was seen to lose data when it keeps a reference to a source of five dimensions.
        write = self._array[start : start + steps].write(block, can_reference_source_data_indefinitely=block.ndim < 5)
        self._flying.append((write, self._buffer))
        self._layer += 1
        self._filled = 0

    def append(self, frame):
        self._buffer[self._filled] = frame
        self._filled += 1
        if self._filled < len(self._buffer):
            return
        self._write()
        if not self._free:
            write, buffer = self._flying.pop(0)
            write.result()
            self._free.append(buffer)
        self._buffer = self._free.pop()

    def close(self):
        if self._filled:
            self._write()
        for write, _ in self._flying:
            write.result()


WRITERS = {"acquire-zarr": AcquireZarr, "tensorstore": TensorStore}


def main():
    writer_name, case = sys.argv[1], json.loads(sys.argv[2])
    ring = np.fromfile(case["ring"], case["dtype"]).reshape(case["ring_frames"], *case["frame"])
    ring.sum()
    with open("/proc/self/clear_refs", "w") as peaks:
        peaks.write("5")
    base = _status_mib("VmRSS")
    writer = WRITERS[writer_name](case)
    held = []
    cpu, start = _cpu_s(), time.perf_counter()
    for i in range(case["frames"]):
        before = time.perf_counter()
        writer.append(ring[i % len(ring)])
        held.append(time.perf_counter() - before)
    writer.close()
    wall, cpu = time.perf_counter() - start, _cpu_s() - cpu
    p50, p99 = np.percentile(held, [50, 99]) * 1e3
    append = {"p50": p50, "p99": p99, "max": max(held) * 1e3}
    print(json.dumps({"wall_s": wall, "append_ms": append, "rss_base_mib": base, "rss_peak_mib": _status_mib("VmHWM"), "cpu_s": cpu}))


if __name__ == "__main__":
    main()
