"""A hook of schemathesis: each good idempotency key is sent once.

A key that was sent with another request is refused with 422, as it should be, and schemathesis
would take that for a good request refused, since it sends the same few keys again and again. The
key is changed in the request that leaves, so that the case stays what schemathesis made it."""

import re
import uuid

import schemathesis

NAME = "Idempotency-Key"


def freshen(request):
    key = request.headers.get(NAME)
    if isinstance(key, bytes):
        key = key.decode("latin-1")
    if key is not None and re.fullmatch("[!-~]{1,64}", key):
        request.headers[NAME] = uuid.uuid4().hex
    return request


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs.setdefault("auth", freshen)
