"""A zarrcam client in Python, written from bridge/protocol/README.md alone.

Connects to a bridge, lists its devices, records 30 frames and prints the ledger. Needs `websockets`.

    python examples/client.py [ws://127.0.0.1:8421/ws] [--uri NAME.zarr]

From another computer, once with a pairing link of the role control ("zarrcam access invite --role control" on the camera computer),
then with the key that it left:

    python examples/client.py 'https://HOST:8421/#pair=TOKEN&pin=FINGERPRINT' [--key FILE]
    python examples/client.py https://HOST:8421/ [--key FILE]
"""

import argparse
import asyncio
import itertools
import json
import struct

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

import paired


class Refused(Exception):
    """The bridge answered with an error."""

    def __init__(self, error):
        data = error.get("data", {})
        super().__init__(f"{data.get('code', error['code'])}: {error['message']}")
        self.code = data.get("code")
        self.problems = data.get("problems", [])


class Client:
    """JSON-RPC 2.0 over one WebSocket. Notifications and pictures go to the handlers given."""

    def __init__(self, socket, on_notification, on_picture):
        self._socket = socket
        self._on_notification = on_notification
        self._on_picture = on_picture
        self._ids = itertools.count(1)
        self._waiting = {}

    async def call(self, method, **params):
        request_id = next(self._ids)
        answer = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = answer
        await self._socket.send(json.dumps({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}))
        return await answer

    async def notify(self, method, **params):
        await self._socket.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    async def receive(self):
        """Runs until the connection ends."""
        async for message in self._socket:
            if isinstance(message, bytes):
                await self._on_picture(self, message)
                continue
            message = json.loads(message)
            if "method" in message:
                self._on_notification(message["method"], message["params"])
            elif (answer := self._waiting.pop(message["id"], None)) is not None:
                if "error" in message:
                    answer.set_exception(Refused(message["error"]))
                else:
                    answer.set_result(message["result"])


async def acknowledge(client, picture):
    """Reads what a picture is of and gives its credit back."""
    magic, _version, header_bytes, subscription, _stream = struct.unpack_from("<IHHII", picture, 0)
    assert magic == 0x5650435A and header_bytes == 128
    width, height = struct.unpack_from("<II", picture, 24)
    (frame,) = struct.unpack_from("<Q", picture, 56)
    (bins,) = struct.unpack_from("<I", picture, 104)
    counts = struct.unpack_from(f"<{bins}I", picture, header_bytes)
    print(f"picture of frame {frame}: {width} x {height}, {sum(counts)} pixels in the histogram")
    await client.notify("preview.ack", subscription=subscription, frame=frame)


def stream(uri, frames):
    """One stream; every field that is left out has its default."""
    dimensions = [
        {"name": "x", "kind": "Space", "array_size_px": 64, "chunk_size_px": 32},
        {"name": "y", "kind": "Space", "array_size_px": 48, "chunk_size_px": 48},
        {"name": "t", "kind": "Time", "array_size_px": 0, "chunk_size_px": 10},
    ]
    return {
        "camera": {
            "identifier": {"kind": "Camera", "name": "simulated: radial sin"},
            "settings": {"shape": [64, 48], "pixel_type": "U8", "exposure_time_us": 10_000},
        },
        "storage": {
            "identifier": {"kind": "Storage", "name": "ZarrV3"},
            "settings": {"uri": uri, "acquisition_dimensions": dimensions},
        },
        "max_frame_count": frames,
    }


async def main(bridge, uri):
    def notified(name, params):
        if name == "state":
            print(f"state: {params['state']}")

    connecting = connect(
        bridge.socket_url,
        ssl=bridge.tls,
        additional_headers=bridge.headers,
        subprotocols=["zarrcam.v1"],
        max_size=None,
        compression=None,
    )
    async with connecting as socket:
        client = Client(socket, notified, acknowledge)
        receiving = asyncio.create_task(client.receive())
        try:
            await record(client, uri)
            if bridge.token:
                # Else it has control for a minute more, and nobody else.
                await client.call("control.release")
        finally:
            receiving.cancel()


async def record(client, uri):
    for device in await client.call("devices"):
        print(f"{device['identifier']['kind']}: {device['identifier']['name']}")
    await client.call("set_configuration", configuration={"video": [stream(uri, 30)]})
    await client.call("preview.subscribe", stream=0, max_width=32, max_height=32)
    await client.call("start", record=True)
    summary = await client.call("stop")
    ledger = summary["streams"][0]["ledger"]
    print("ledger: " + json.dumps(ledger))
    assert ledger["captured"] == ledger["stored"] + ledger["dropped"] + ledger["in_flight"]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("url", nargs="?", default="ws://127.0.0.1:8421/ws")
    arguments.add_argument("--uri", default="client_example.zarr", help="name of the dataset in the bridge's data folder")
    arguments.add_argument("--key", default="zarrcam-key.json", help="where what a pairing link gave is kept")
    parsed = arguments.parse_args()
    try:
        asyncio.run(main(paired.reach(parsed.url, parsed.key, "client.py"), parsed.uri))
    except InvalidStatus as refusal:
        raise SystemExit(f"refused: {refusal.response.status_code} {refusal.response.body.decode().strip()}") from None
    except (Refused, paired.NotPaired) as refusal:
        raise SystemExit(f"refused: {refusal}") from None
