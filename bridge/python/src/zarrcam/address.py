"""Where a bridge is, and how it is trusted: an address, a token, a certificate that is pinned. Verification is never switched off."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import ssl
import urllib.parse
from dataclasses import dataclass, field

from .errors import DisconnectedError, NotPairedError, error_of

TIMEOUT_S = 10.0
"""A bridge answers a small request within this time, also over a slow network."""

_MOST_CERTIFICATE_BYTES = 65_536

_CODES = {
    400: "invalid_params",
    401: "not_paired",
    403: "forbidden",
    404: "unknown_stream",
    409: "not_running",
    429: "too_many_requests",
    503: "closed",
}


@dataclass(frozen=True)
class Address:
    """A bridge as a client reaches it."""

    host: str
    """HOST:PORT, or HOST where the port is the scheme's own."""
    token: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """What is trusted, over https; None: nothing is encrypted."""

    @property
    def origin(self) -> str:
        """The bridge's address for people and for a browser."""
        return f"{'https' if self.tls else 'http'}://{self.host}"

    @property
    def socket_url(self) -> str:
        return f"{'wss' if self.tls else 'ws'}://{self.host}/ws"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this computer, as far as its name tells: a tunnel looks alike."""
        return _is_loopback(self.host)

    def connection(self, timeout_s: float | None = TIMEOUT_S) -> http.client.HTTPConnection:
        """For requests by HTTP, with `headers`."""
        if self.tls:
            return http.client.HTTPSConnection(self.host, timeout=timeout_s, context=self.tls)
        return http.client.HTTPConnection(self.host, timeout=timeout_s)


def address_of(url: str, token: str | None = None, fingerprint: str | None = None) -> Address:
    """
    The bridge at a `http://`, `https://`, `ws://` or `wss://` address. With a fingerprint (SHA-256 of the certificate of the bridge's
    own authority, or of the one that it was given; hexadecimal as `zarrcam serve --lan` shows it, or as in a pairing link) that one is
    trusted and no other.
    """
    parsed = urllib.parse.urlsplit(url)
    encrypted = {"http": False, "ws": False, "https": True, "wss": True}.get(parsed.scheme)
    if encrypted is None or not parsed.hostname:
        raise ValueError(f"{url!r} is no address of a bridge: http://127.0.0.1:8421 or https://rig.local:8421, for example.")
    if "pair" in urllib.parse.parse_qs(parsed.fragment):
        raise ValueError("This is a pairing link, which is used once: zarrcam.pair(link) gives the token and the fingerprint for Runtime.")
    if not encrypted:
        if fingerprint:
            raise ValueError("A fingerprint is of a certificate, and http:// has none: the address begins with https://.")
        if token and not _is_loopback(parsed.netloc):
            raise ValueError("Over http:// everybody on the way would read the token: the address begins with https://.")
        return Address(parsed.netloc, token)
    context = pinned(parsed.netloc, fingerprint) if fingerprint else ssl.create_default_context()
    return Address(parsed.netloc, token, context)


@dataclass(frozen=True)
class Pairing:
    """What a pairing link gave: `Runtime(pairing.url, token=pairing.token, fingerprint=pairing.fingerprint)`. Keep it as a password."""

    url: str
    token: str = field(repr=False)
    fingerprint: str
    role: str


def pair(link: str, name: str = "Python") -> Pairing:
    """
    Uses a pairing link (`zarrcam access invite --role control` on the camera computer makes one) and gives the token that this script
    is known by from then on, under `name` in the bridge's list of devices.
    """
    parsed = urllib.parse.urlsplit(link)
    invitation = {key: values[0] for key, values in urllib.parse.parse_qs(parsed.fragment).items()}
    if parsed.scheme != "https" or "pair" not in invitation or "pin" not in invitation:
        raise ValueError("This is no pairing link: https://HOST:PORT/#pair=…&pin=…")
    # The invitation, too, is told to nobody but the bridge of the link.
    address = Address(parsed.netloc, tls=pinned(parsed.netloc, invitation["pin"]))
    body = json.dumps({"token": invitation["pair"], "name": name})
    status, text = _ask(address.connection(), "POST", "/access/token", body)
    if status != 201:
        raise NotPairedError(text.decode(errors="replace").strip())
    answer = json.loads(text)
    return Pairing(address.origin, answer["token"], invitation["pin"], answer["role"])


def pinned(host: str, fingerprint: str) -> ssl.SSLContext:
    """
    Trusts the bridge's own authority, or the certificate that the bridge was given, and nobody else. Whoever may have sent it: it must have
    the fingerprint.
    """
    status, certificate = _ask(http.client.HTTPConnection(host, timeout=TIMEOUT_S), "GET", "/trust/authority.crt")
    if status != 200:
        raise NotPairedError(f"{host} shows no certificate that a fingerprint could be of: it may be no zarrcam, or speak plain http.")
    if not hmac.compare_digest(hashlib.sha256(certificate).digest(), _digest(fingerprint)):
        raise NotPairedError(
            f"What answers at {host} is not the camera computer that the fingerprint is of, or its certificate was renewed since: it has "
            "another fingerprint."
        )
    try:
        context = ssl.create_default_context(cadata=certificate)
    except ssl.SSLError as error:
        raise NotPairedError(f"The certificate of {host} cannot be read: {error}.") from error
    # A bridge that was given a certificate of another authority is known by that very certificate.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def refusal(status: int, text: str, where: str) -> Exception:
    """The exception of a refused HTTP request."""
    return error_of(_CODES.get(status, "internal"), f"{where} refused: {text.strip() or status}")


def answers(address: Address, timeout_s: float) -> bool:
    """Whether a bridge answers there."""
    try:
        status, text = _ask(address.connection(timeout_s), "GET", "/hello")
        return status == 200 and str(json.loads(text).get("protocol", "")).startswith("zarrcam.")
    except (DisconnectedError, ValueError, AttributeError):
        return False


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_CERTIFICATE_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise DisconnectedError(f"No zarrcam answers at {connection.host}:{connection.port}: {error or 'nothing came'}.") from error
    finally:
        connection.close()


def _digest(fingerprint: str) -> bytes:
    text = fingerprint.strip()
    try:
        digest = bytes.fromhex(text.replace(":", ""))
    except ValueError:
        try:
            digest = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            digest = b""
    if len(digest) != hashlib.sha256().digest_size:
        raise ValueError("A fingerprint is 64 hexadecimal digits, or 43 characters as in a pairing link (pin=…).")
    return digest


def _is_loopback(host: str) -> bool:
    name = urllib.parse.urlsplit(f"//{host}").hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
