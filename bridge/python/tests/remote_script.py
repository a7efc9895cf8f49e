"""What a script on another computer does with a pairing link; `bridge/cli/test/access.test.ts` has a bridge for it."""

import json
import sys
import time

import zarrcam

link, observer_link = sys.argv[1:]
url, _, _ = link.partition("/#")
said = {}


def refused(work):
    try:
        work()
    except (zarrcam.ZarrcamError, ValueError) as error:
        return [type(error).__name__, getattr(error, "code", None), str(error)]
    return None


said["another fingerprint"] = refused(lambda: zarrcam.pair(link[:-4] + "AAAA"))
pairing = zarrcam.pair(link, name="Remote script")
said["role"] = pairing.role
said["shown"] = repr(pairing)
token, fingerprint = pairing.token, pairing.fingerprint
said["used twice"] = refused(lambda: zarrcam.pair(link))
said["not trusted"] = refused(lambda: zarrcam.Runtime(url, token=token))
said["wrong token"] = refused(lambda: zarrcam.Runtime(url, token=token + "x", fingerprint=fingerprint))
said["no token"] = refused(lambda: zarrcam.Runtime(url, fingerprint=fingerprint))

with zarrcam.Runtime(url, token=token, fingerprint=fingerprint, fresh=True) as runtime:
    said["you"] = runtime._connection._client.hello["you"]["name"]
    configuration = runtime.get_configuration()
    stream = configuration.video[0]
    manager = runtime.device_manager()
    stream.camera.identifier = manager.select("Camera", "simulated: radial sin")
    stream.camera.settings.shape = (640, 480)
    stream.camera.settings.exposure_time_us = 10_000
    stream.storage.identifier = manager.select("Storage", "ZarrV3")
    stream.storage.settings.uri = "from_afar.zarr"
    stream.max_frame_count = 50
    said["uri"] = runtime.set_configuration(configuration).video[0].storage.settings.uri
    runtime.start()
    frames, lost = [], []
    deadline = time.monotonic() + 60
    while len(frames) + sum(some.count for some in lost) < 50 and time.monotonic() < deadline:
        with runtime.get_available_data(0) as data:
            frames.extend(frame.metadata().frame_id for frame in data)
            lost.extend(data.lost)
    said["frames"] = "all of them" if frames == list(range(50)) else f"{frames}, lost: {lost}"
    said["complete"] = runtime.stop()["complete"]
    observer = zarrcam.pair(observer_link)
    with zarrcam.Runtime(observer.url, token=observer.token, fingerprint=observer.fingerprint) as looking:
        said["state"] = str(looking.get_state())
        said["forbidden"] = refused(looking.start)

print(json.dumps(said))
