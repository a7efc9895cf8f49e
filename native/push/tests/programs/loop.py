"""Pushes frames of one run, as a program with NumPy would, and looks at what is refused before."""

import numpy as np

from zarrcam import push


def refused(kind, says, call):
    try:
        call()
    except kind as error:
        assert says in str(error), error
    else:
        raise AssertionError(f"not refused: {says}")


rows = np.arange(48, dtype="uint16")
for wrong, says in [
    (dict(shape=(48,)), "shape is (48,)"),
    (dict(dtype="float64"), "dtype is <f8, and must be one of uint8"),
    (dict(dtype=">u2"), "this machine's byte order"),
    (dict(bits=11), "bits is 11"),
    (dict(slots=65), "slots is 65, and must be 1 to 64"),
    (dict(on_full="ignore"), "on_full is 'ignore'"),
]:
    refused(ValueError, says, lambda: push.Camera("wrong", **{"shape": (48, 64), **wrong}))
refused(push.Refused, 'name is ""', lambda: push.Camera("", shape=(48, 64)))
refused(push.BridgeNotFound, "npm start", lambda: push.Camera("x", shape=(4, 4), folder="/nowhere", timeout_s=0))

with push.Camera("dropping", shape=(48, 64), slots=2, on_full="drop") as dropping:
    for wrong, says in [
        (np.zeros((48, 63), "uint16"), "shape is (48, 63), and push: dropping pushes (48, 64)"),
        (np.zeros((48, 64), "uint8"), "dtype is uint8, and push: dropping pushes uint16"),
        (np.zeros((48, 64)), "dtype is float64"),
    ]:
        refused(ValueError, says, lambda: dropping.put(wrong))
    refused(push.PushError, "commit() hands over what frame() gave", dropping.commit)
    dropping.frame()
    refused(ValueError, "metadata takes", lambda: dropping.commit({"a": "x" * 20_000}))
    refused(ValueError, "cannot be written as a JSON object", lambda: dropping.commit({"a": float("nan")}))
    assert dropping.commit() and (dropping.pushed, dropping.dropped) == (1, 0)
    # What nobody has taken yet leaves no room: as if the bridge had stopped.
    dropping._free.clear()
    dropping._look, look = lambda: None, dropping._look
    assert not dropping.put(np.zeros((48, 64), "uint16")) and dropping.dropped == 1
    dropping._look = look
refused(push.PushError, "is closed", dropping.frame)

with push.Camera("NumPy", shape=(48, 64), dtype="uint16", slots=4) as camera:
    with push.Camera("NumPy", shape=(4, 4)) as second:
        assert (camera.name, second.name) == ("push: NumPy", "push: NumPy 2")
    assert camera.wait_started(30), "nobody wants the frames"
    number = 0
    while camera.running:
        if number == 10:
            camera.skip(2)
            number += 2
        if number % 2:
            view = camera.frame()
            assert view.base is not None and not view.flags.owndata, "no copy"
            view[:] = number
            view[:, 0] = rows
            camera.commit(metadata={"number": number})
        else:
            frame = np.full((48, 64), number, "uint16")
            frame[:, 0] = rows
            camera.put(frame)
        number += 1
    assert camera.runs == 1 and camera.dropped == 2, (camera.runs, camera.dropped)
