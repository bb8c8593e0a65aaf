"""Opens the messages that the seal crate encrypted for browsers (RFC 8291) with http_ece, and
verifies who sent them (RFC 8292) with py_vapid: libraries of others, in another language."""

import base64
import json
import sys

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02


def turned(message, place):
    return message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]


def opened(case, message):
    private = ec.derive_private_key(int(case["private"], 16), ec.SECP256R1())
    return http_ece.decrypt(
        message, private_key=private, auth_secret=bytes.fromhex(case["auth"]), version="aes128gcm"
    )


def main():
    count, lengths = 0, set()
    for line in sys.stdin:
        case = json.loads(line)
        message = bytes.fromhex(case["message"])
        assert opened(case, message) == bytes.fromhex(case["payload"]), line
        try:
            opened(case, turned(message, len(message) - 17))
        except Exception:
            pass
        else:
            raise AssertionError(f"a turned bit was not noticed: {line}")
        header = case["authorization"]
        # The library takes the parameters without the space that the RFC's own example has.
        assert Vapid02.verify(header.replace(", k=", ",k=")), line
        statement = header.removeprefix("vapid t=").split(",")[0].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(statement + "=" * (-len(statement) % 4)))
        assert claims == case["claims"], line
        lengths.add(len(message))
        count += 1
    assert count >= 200 and len(lengths) == 1, (count, lengths)
    print(f"push: {count} messages opened and their senders verified, all of {lengths.pop()} bytes")


if __name__ == "__main__":
    main()
