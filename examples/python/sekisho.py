"""Sekisho for an application: have an operation guarded, wait for the customer, redeem the grant.

Needs nothing but Python. `grant.py` beside it verifies a grant without asking; most applications
are better off without that one.
"""

import hashlib
import json
import time
import unicodedata
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field
from typing import Any


class Problem(Exception):
    """What Sekisho answered instead of what was asked for (RFC 9457)."""

    def __init__(self, status: int, document: dict[str, Any]):
        self.status = status
        self.type = document.get("type", "about:blank")
        # Why a decision refused, such as `grant_invalid`; None where the request itself was wrong.
        self.reason = document.get("reason")
        self.errors = document.get("errors", [])
        # What is switched off, with a message for your customer, where the reason is `stopped`.
        self.stop = document.get("stop")
        wrong = [f"{one.get('pointer')} {one.get('detail')}" for one in self.errors]
        told = document.get("detail") or document.get("title") or "no problem document came"
        # `instance` names the request in Sekisho's log: say it when you ask its operators.
        instance = document.get("instance", "")
        super().__init__(" ".join([f"{status}: {told}", *wrong, instance]).rstrip())


@dataclass(frozen=True)
class Order:
    """What is to be guarded, as your books have it. Keep it: the grant is compared with it."""

    customer: str
    kind: str
    fields: dict[str, Any]
    # Fresh for each order: a grant that carries it fits no other order, however alike.
    nonce: str
    return_uri: str | None = None
    # Address and user agent of the customer's browser as you saw them.
    context: dict[str, str] = field(default_factory=dict)
    # What you verified yourself before, such as `password`.
    verified: list[str] = field(default_factory=list)


class Sekisho:
    """The API behind one credential. `application` is your own id, `app_…`."""

    def __init__(self, url: str, application: str, token: str, timeout: float = 10.0):
        self._url, self._application = url.rstrip("/"), application
        self._token, self._timeout = token, timeout

    def operate(self, order: Order, key: str) -> dict[str, Any]:
        """Has `order` guarded. While its `state` is `pending`, send the customer to `confirm_uri`.

        `key` is your number of this request. Keep it before you send, and send again with the same
        one if no answer came: that makes no second operation.
        """
        body = {name: value for name, value in asdict(order).items() if value is not None}
        operation = self._call("POST", "/v1/operations", body, key)
        # Whoever writes fields in another way than Sekisho learns it here and not from a grant.
        if operation["digest"] != digest(self._application, order):
            raise ValueError("Sekisho reads these fields in another way than they are written")
        return operation

    def operation(self, number: str) -> dict[str, Any]:
        """Reads an operation again, with its `grant` while that can be redeemed."""
        return self._call("GET", f"/v1/operations/{number}")

    def wait(self, number: str, patience: float = 600.0, pause: float = 1.0) -> dict[str, Any]:
        """Reads an operation until it is no longer `pending`, for `patience` seconds at most.

        A web application reads it once instead, when the browser comes back to `return_uri`. Only
        `confirmed` comes with a grant; `held` waits for Sekisho's staff, perhaps for days.
        """
        until = time.monotonic() + patience
        while True:
            operation = self.operation(number)
            if operation["state"] != "pending" or time.monotonic() >= until:
                return operation
            time.sleep(pause)

    def redeem(self, grant: str, order: Order, key: str) -> dict[str, Any]:
        """Redeems a grant for what you carry out at once. A `Problem` means: do not.

        `key` is again your number of this request, another one than for `operate`.
        """
        body = {"grant": grant, "kind": order.kind, "fields": order.fields}
        return self._call("POST", "/v1/grants/redeem", body, key)

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self._token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)
        try:
            with _opener.open(request, timeout=self._timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                raise Problem(refused.code, _document(refused.read())) from None


class _Stay(urllib.request.HTTPRedirectHandler):
    """The credential goes to Sekisho and to nowhere that an answer points to."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


def _document(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def digest(application: str, order: Order) -> str:
    """The digest of an operation: SHA-256 over its canonical JSON (RFC 8785).

    Every leaf is a string and every name is ASCII, so sorted names and no white space are all that
    the canonical form asks for.
    """
    operation = {
        "audience": application,
        "customer": order.customer,
        "fields": {name: _written(value) for name, value in order.fields.items()},
        "kind": order.kind,
    }
    text = json.dumps(operation, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _written(value: Any) -> Any:
    """A field as Sekisho writes it: letters and digits of an account in half width.

    Amounts are not touched: write them with all decimals of their currency.
    """
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.strip())
    if "account_type" in value:
        return {name: unicodedata.normalize("NFKC", one).strip() for name, one in value.items()}
    return value
