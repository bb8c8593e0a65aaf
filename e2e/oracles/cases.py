"""Cases for the seal crate with the answers that libraries of others give to them.

One JSON object a line: codes of authenticator apps by pyotp, registrations and assertions of
passkeys by python-fido2, genuine ones and ones in which a single bit was turned, and browsers to
which messages are pushed, with their private keys, for opened.py. Which bit comes from a seed, keys
do not; a case that fails is printed whole."""

import base64
import hashlib
import json
import random
import sys

import pyotp
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2.cose import ES256, ES384, ES512, RS256, EdDSA
from fido2.server import Fido2Server
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    AuthenticationResponse,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

RP = "example.org"
ORIGIN = "https://example.org"
PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
# A turned bit may make another well-formed thing, which both sides then judge by its signature.
MUTATIONS = 40

chance = random.Random(20261122)


def some(count):
    return chance.randbytes(count)


# ---- authenticator apps ----


def totp():
    for _ in range(400):
        secret = some(20)
        # Around the ends of steps, from 1970 to beyond 2^31 and 2^32 seconds.
        step = chance.choice([0, 1, 59, 2**31 // 30, 2**32 // 30, chance.randrange(2**33 // 30)])
        moment = step * 30 + chance.choice([0, 1, 15, 29])
        text = base64.b32encode(secret).decode()
        yield {
            "kind": "totp",
            "secret": secret.hex(),
            "base32": text,
            "seconds": moment,
            "code": pyotp.TOTP(text).at(moment),
        }


# ---- passkeys ----


class Key:
    """A software authenticator's key."""

    def __init__(self, name):
        self.name = name
        if name == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()
            self.cose = EdDSA.from_cryptography_key(self.private.public_key())
        elif name == "RS256":
            self.private = rsa.generate_private_key(65537, 2048)
            self.cose = RS256.from_cryptography_key(self.private.public_key())
        else:
            curve, kind, self.hash = {
                "ES256": (ec.SECP256R1(), ES256, hashes.SHA256()),
                "ES384": (ec.SECP384R1(), ES384, hashes.SHA384()),
                "ES512": (ec.SECP521R1(), ES512, hashes.SHA512()),
            }[name]
            self.private = ec.generate_private_key(curve)
            self.cose = kind.from_cryptography_key(self.private.public_key())

    def sign(self, message):
        if self.name == "EdDSA":
            return self.private.sign(message)
        if self.name == "RS256":
            return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(message, ec.ECDSA(self.hash))


def server():
    # No attestation is checked here: whom to trust is the policy's, not the signature's.
    relying = Fido2Server(PublicKeyCredentialRpEntity(name="Example", id=RP))
    relying.timeout = None
    return relying


def registers(case):
    """What python-fido2 says of a registration."""
    try:
        relying = server()
        _, state = relying.register_begin(
            PublicKeyCredentialUserEntity(id=b"customer", name="customer"),
            user_verification=UserVerificationRequirement(case["verification"]),
            challenge=bytes.fromhex(case["challenge"][0]),
        )
        attestation = AttestationObject(bytes.fromhex(case["attestation_object"]))
        data = relying.register_complete(
            state,
            RegistrationResponse(
                raw_id=attestation.auth_data.credential_data.credential_id,
                response=AuthenticatorAttestationResponse(
                    client_data=CollectedClientData(bytes.fromhex(case["client_data"][0])),
                    attestation_object=attestation,
                ),
            ),
        )
        return data.credential_data
    except Exception:
        return None


def asserts(case, credential):
    """What python-fido2 says of an assertion."""
    try:
        relying = server()
        _, state = relying.authenticate_begin(
            [credential],
            user_verification=UserVerificationRequirement(case["verification"]),
            challenge=bytes.fromhex(case["challenge"][1]),
        )
        relying.authenticate_complete(
            state,
            [credential],
            AuthenticationResponse(
                raw_id=credential.credential_id,
                response=AuthenticatorAssertionResponse(
                    client_data=CollectedClientData(bytes.fromhex(case["client_data"][1])),
                    authenticator_data=AuthenticatorData(
                        bytes.fromhex(case["authenticator_data"])
                    ),
                    signature=bytes.fromhex(case["signature"]),
                ),
            ),
        )
        return True
    except Exception:
        return False


def genuine(key, verification, flags):
    challenge = [some(32), some(32)]
    client = [
        CollectedClientData.create(type=kind, challenge=one, origin=ORIGIN)
        for kind, one in zip(("webauthn.create", "webauthn.get"), challenge)
    ]
    rp_hash = hashlib.sha256(RP.encode()).digest()
    credential = AttestedCredentialData.create(Aaguid(some(16)), some(32), key.cose)
    count = chance.choice([0, 1, 2**31])
    data = AuthenticatorData.create(rp_hash, flags | ATTESTED, count, credential)
    attestation = AttestationObject.create("none", data, {})
    later = AuthenticatorData.create(rp_hash, flags, count and count + 1)
    return {
        "kind": "passkey",
        "algorithm": key.name,
        "verification": verification,
        "challenge": [one.hex() for one in challenge],
        "client_data": [bytes(one).hex() for one in client],
        "attestation_object": bytes(attestation).hex(),
        "authenticator_data": bytes(later).hex(),
        "signature": key.sign(bytes(later) + client[1].hash).hex(),
        "turned": None,
    }


def turned(case):
    """The case with one bit turned, somewhere."""
    part = chance.choice(
        ["client_data.0", "client_data.1", "attestation_object", "authenticator_data", "signature"]
    )
    name, _, index = part.partition(".")
    old = bytearray.fromhex(case[name][int(index)] if index else case[name])
    old[chance.randrange(len(old))] ^= 1 << chance.randrange(8)
    new = dict(case, turned=part)
    if index:
        new[name] = list(case[name])
        new[name][int(index)] = old.hex()
    else:
        new[name] = old.hex()
    return new


def judged(case):
    credential = registers(case)
    case["registers"] = credential is not None
    case["asserts"] = credential is not None and asserts(case, credential)
    return case


def passkeys():
    for name in ("ES256", "ES384", "ES512", "EdDSA", "RS256"):
        key = Key(name)
        for verification, flags in (
            ("preferred", PRESENT),
            ("preferred", PRESENT | VERIFIED),
            ("required", PRESENT | VERIFIED | BACKUP_ELIGIBLE),
            ("required", PRESENT | VERIFIED | BACKUP_ELIGIBLE | BACKED_UP),
            # What must be refused as it is.
            ("required", PRESENT),
            ("preferred", VERIFIED),
        ):
            case = judged(genuine(key, verification, flags))
            yield case
            for _ in range(MUTATIONS):
                yield judged(turned(case))


# ---- messages to browsers ----


def push():
    for _ in range(200):
        browser = ec.generate_private_key(ec.SECP256R1())
        point = browser.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        host = chance.choice(["push.example.net", "push.example.net:8443"])
        yield {
            "kind": "push",
            "private": format(browser.private_numbers().private_value, "064x"),
            "p256dh": point.hex(),
            "auth": some(16).hex(),
            "payload": some(chance.choice([0, 1, 200, 1023, 1024])).hex(),
            "salt": some(16).hex(),
            "ephemeral": some(128).hex(),
            "sender": some(128).hex(),
            "claims": {
                "aud": f"https://{host}",
                "exp": 1_800_000_000 + chance.randrange(86_400),
                "sub": "mailto:push@example.com",
            },
        }


def main():
    for case in (*totp(), *passkeys(), *push()):
        json.dump(case, sys.stdout)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
