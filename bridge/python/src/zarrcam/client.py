"""The protocol's control socket, for asyncio: calls, and what the bridge tells unasked. `Runtime` is made of it; both live side by side."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from .address import Address, address_of, refusal
from .errors import DisconnectedError, NotPairedError, error_of_answer

SUBPROTOCOL = "zarrcam.v1"
_REVOKED = 4401

Listener = Callable[[str, dict[str, Any]], None]
"""Is called with each notification's name and parameters, in the event loop."""


class BridgeClient:
    """
    A connection to a bridge: JSON-RPC 2.0 over one WebSocket. It ends once: who wants another connection makes one.

        async with await BridgeClient.connect("http://127.0.0.1:8421") as client:
            devices = await client.call("devices")
    """

    def __init__(self, address: Address, socket: ClientConnection, hello: dict[str, Any], listener: Listener) -> None:
        self.address = address
        self.hello = hello
        """The bridge's state when the connection was made: the parameters of its first notification."""
        self._socket = socket
        self._listener = listener
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._ended: DisconnectedError | None = None
        self._receiving = asyncio.create_task(self._receive())

    @classmethod
    async def connect(
        cls,
        bridge: str | Address,
        *,
        token: str | None = None,
        fingerprint: str | None = None,
        notifications: Sequence[str] | None = None,
        listener: Listener = lambda name, params: None,
        timeout_s: float = 10.0,
    ) -> BridgeClient:
        """
        Connects, and has `hello` when it returns.

        `notifications` are the names of those that are wanted (None: all), which `listener` is called with. A DisconnectedError says
        that no bridge answers within `timeout_s`, in seconds, a NotPairedError that it does not let this script in.
        """
        address = bridge
        if isinstance(address, str):
            address = await asyncio.to_thread(address_of, address, token, fingerprint)
        query = "" if notifications is None else f"?notifications={','.join(notifications)}"
        socket = None
        try:
            socket = await connect(
                address.socket_url + query,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                additional_headers=address.headers,
                ssl=address.tls,
                compression=None,
                proxy=None,
                max_size=None,
                open_timeout=timeout_s,
                close_timeout=1,
            )
            first = json.loads(await asyncio.wait_for(socket.recv(), timeout_s))
        except InvalidStatus as refused:
            body = (refused.response.body or b"").decode(errors="replace")
            raise refusal(refused.response.status_code, body, address.origin) from refused
        except (OSError, InvalidHandshake, ConnectionClosed, ValueError, asyncio.TimeoutError) as error:
            if socket:
                await socket.close()
            raise DisconnectedError(f"No zarrcam answers at {address.origin}: {error or 'it said nothing in time'}.") from error
        return cls(address, socket, first["params"], listener)

    @property
    def ended(self) -> DisconnectedError | None:
        """Why there is no connection any more; None: there is one."""
        return self._ended

    async def call(self, method: str, **params: Any) -> Any:
        """Any method of the protocol by its name, with its answer. A refusal is a ZarrcamError, with the code of the protocol."""
        if self._ended:
            raise self._ended
        request_id = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = answer
        try:
            await self._socket.send(json.dumps({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}))
            return await answer
        except ConnectionClosed as closed:
            raise self._reason(closed) from closed
        finally:
            self._waiting.pop(request_id, None)

    async def close(self) -> None:
        """Ends the connection; a run that goes on goes on."""
        self._end(DisconnectedError(f"The connection to {self.address.origin} was closed here."))
        self._receiving.cancel()
        await self._socket.close()

    async def __aenter__(self) -> BridgeClient:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        await self.close()

    async def _receive(self) -> None:
        reason = DisconnectedError(f"The connection to {self.address.origin} has ended.")
        try:
            async for message in self._socket:
                # Binary messages are pictures, which nobody here has asked for.
                if isinstance(message, str):
                    self._take(json.loads(message))
            reason = self._reason(None)
        except (WebSocketException, OSError, ValueError, KeyError) as error:
            reason = self._reason(error)
            reason.__cause__ = error
        finally:
            self._end(reason)

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            self._listener(message["method"], message["params"])
            return
        answer = self._waiting.get(message["id"])
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(error_of_answer(message["error"]))
        else:
            answer.set_result(message["result"])

    def _reason(self, error: Exception | None) -> DisconnectedError:
        if self._socket.close_code == _REVOKED:
            return NotPairedError(f"{self.address.origin} does not let this script in any more.")
        what = self._socket.close_reason or error or "it said nothing more"
        return DisconnectedError(
            f"The connection to the bridge at {self.address.origin} broke ({what}). Whether a call that was under way was carried out is "
            "not known; a run goes on if the bridge does."
        )

    def _end(self, reason: DisconnectedError) -> None:
        if self._ended:
            return
        self._ended = reason
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(reason)
