"""Verifies a grant without asking Sekisho, as docs/api.md says.

Redeeming is the safe way: it knows of stops, frozen accounts and what was cancelled a second ago.
Verify offline only what can be taken back. The signature is the library's work (joserfc); what a
grant means is compared here.
"""

import json
import threading
import time
import urllib.request
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from sekisho import Order, digest

TOLERANCE = 5  # seconds by which clocks may differ
LIFE = 600  # seconds after which the keys are read again in any case: a key may be withdrawn


class Refused(Exception):
    """The grant is not good for this order. `reason` names the claim that is wrong."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(f"the grant is refused: {reason}")


class Seen(Protocol):
    """Where the ids of grants are remembered."""

    def add(self, jti: str, until: float, now: float) -> bool:
        """Remembers `jti` until `until`; False if it was there before."""


class SeenInMemory:
    """For trying it out. In earnest this is a table with `jti` as its key, and the row is written
    in the transaction that moves the money: then neither a crash nor a second process can move it
    twice."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, jti: str, until: float, now: float) -> bool:
        with self._lock:
            self._until = {one: end for one, end in self._until.items() if end > now}
            if jti in self._until:
                return False
            self._until[jti] = until
            return True


class Keys:
    """Sekisho's published keys: read when needed, kept, and read again when a `kid` is new.

    Not more often than every `pause` seconds, so that forged grants make no flood of requests.
    """

    def __init__(self, issuer: str, pause: float = 30.0, timeout: float = 10.0):
        self._url = f"{issuer}/.well-known/jwks.json"
        self._pause, self._timeout = pause, timeout
        self._keys: KeySet | None = None
        self._read = 0.0
        self._lock = threading.Lock()

    def verify(self, token: str) -> jwt.Token:
        """A token whose signature is one of these keys'; raises `JoseError` or `ValueError`."""
        keys = self._known() or self._fetch()
        try:
            return jwt.decode(token, keys, algorithms=["ES256"])
        except InvalidKeyIdError:
            if time.monotonic() - self._read < self._pause:
                raise
            keys = self._fetch()
        return jwt.decode(token, keys, algorithms=["ES256"])

    def _known(self) -> KeySet | None:
        with self._lock:
            return self._keys if time.monotonic() - self._read < LIFE else None

    def _fetch(self) -> KeySet:
        try:
            with self._lock, urllib.request.urlopen(self._url, timeout=self._timeout) as answer:
                self._keys = KeySet.import_key_set(json.load(answer))
                self._read = time.monotonic()
                return self._keys
        except (JoseError, ValueError) as fault:
            raise OSError(f"{self._url} has no keys that can be read") from fault


class Grants:
    """Judges grants of `issuer`, Sekisho's public address, for `application`, your own id."""

    def __init__(self, issuer: str, application: str, seen: Seen, pause: float = 30.0):
        self._issuer, self._application, self._seen = issuer, application, seen
        self._keys = Keys(issuer, pause)

    def verify(self, grant: str, order: Order, now: float | None = None) -> dict[str, Any]:
        """The claims of a grant that is good for `order`, once.

        `order` is what you are about to carry out, from your own books and never from the grant.

        Raises `Refused`, and `OSError` when the keys cannot be read: then nothing is known.
        """
        now = time.time() if now is None else now
        try:
            token = self._keys.verify(grant)
        except (JoseError, ValueError):
            raise Refused("signature") from None
        claims = token.claims
        expected = {
            "iss": self._issuer,
            "aud": self._application,
            "operation_kind": order.kind,
            "operation_digest": digest(self._application, order),
            "nonce": order.nonce,
        }
        if token.header.get("typ") != "sekisho-grant+jwt":
            raise Refused("typ")
        for name, value in expected.items():
            if claims.get(name) != value:
                raise Refused(name)
        if _seconds(claims, "exp") + TOLERANCE <= now:
            raise Refused("exp")
        if _seconds(claims, "iat") - TOLERANCE > now:
            raise Refused("iat")
        # A grant that is read again has a later `exp` and the same `jti`.
        until = _seconds(claims, "grant_until") + TOLERANCE
        if not isinstance(claims.get("jti"), str) or not self._seen.add(claims["jti"], until, now):
            raise Refused("jti")
        return claims


def _seconds(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(name)
    return value
