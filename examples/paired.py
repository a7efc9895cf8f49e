"""How a script reaches a bridge over the network, written from bridge/protocol/README.md alone. Needs nothing but Python.

A pairing link is used once; what comes of it is kept in a file for its owner alone: the script's token, and the bridge's own
certificate authority, which is the only one that is trusted then. Verification is never switched off.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import ssl
import urllib.parse


class NotPaired(Exception):
    """The bridge cannot be trusted, or does not let this script in; the message says why."""


class Bridge:
    """A bridge as a script knows it: `address` is HOST:PORT. Without an authority it is that of this computer."""

    def __init__(self, address, token=None, authority=None):
        self.address = address
        self.token = token
        self._authority = authority

    @property
    def socket_url(self):
        return f"{'wss' if self._authority else 'ws'}://{self.address}/ws"

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def tls(self):
        """Trusts the bridge's authority and no other; null on this computer, where nothing is encrypted."""
        if not self._authority:
            return None
        context = ssl.create_default_context(cadata=base64.b64decode(self._authority))
        # A bridge that was given a certificate of another authority is known by that very certificate.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    def connection(self):
        """For requests by HTTP, with `headers`."""
        if self._authority:
            return http.client.HTTPSConnection(self.address, context=self.tls)
        return http.client.HTTPConnection(self.address)


def reach(where, key_file, name):
    """The bridge of this computer (`http://` or `ws://`), of a pairing link, or of the key that a link left (`https://`, `wss://`)."""
    url = urllib.parse.urlsplit(where)
    if url.scheme in ("ws", "http"):
        return Bridge(url.netloc)
    invitation = {key: values[0] for key, values in urllib.parse.parse_qs(url.fragment).items()}
    if "pair" in invitation:
        return pair(url.netloc, invitation["pair"], invitation.get("pin", ""), key_file, name)
    try:
        with open(key_file, encoding="utf-8") as file:
            key = json.load(file)
    except FileNotFoundError:
        raise NotPaired(f"There is no key in {key_file}: begin with a pairing link (https://…/#pair=…).") from None
    if key["address"] != url.netloc:
        raise NotPaired(f"The key in {key_file} is for {key['address']}; --key takes another file.")
    return Bridge(**key)


def pair(address, invitation, pin, key_file, name):
    """Uses a link, and keeps what comes of it."""
    authority = base64.b64encode(authority_of(address, pin)).decode()
    # The invitation, too, is told to nobody but the bridge of the link.
    connection = Bridge(address, authority=authority).connection()
    body = json.dumps({"token": invitation, "name": name})
    connection.request("POST", "/access/token", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 201:
        raise NotPaired(text.strip())
    key = {"address": address, "token": json.loads(text)["token"], "authority": authority}
    with open(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(key, file)
    return Bridge(**key)


def authority_of(address, pin):
    """The certificate that a link's fingerprint is of: of the bridge's own authority, or the one that it was given. Whoever may have answered: only the fingerprint of the link says that it is right."""
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request("GET", "/trust/authority.crt")
    answer = connection.getresponse()
    certificate = answer.read(65_536)
    if answer.status != 200:
        raise NotPaired(f"{address} shows no certificate that a fingerprint could be of: it may be no zarrcam, or speak plain http.")
    fingerprint = base64.urlsafe_b64encode(hashlib.sha256(certificate).digest()).decode().rstrip("=")
    if not hmac.compare_digest(fingerprint.encode(), pin.encode()):
        raise NotPaired(f"What answers at {address} is not the camera computer that made the link, or its certificate was renewed since: it has another fingerprint.")
    return certificate
