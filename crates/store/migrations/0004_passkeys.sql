-- Passkeys, and the challenges that were answered: a challenge is made without writing anything and
-- answered once.

CREATE TABLE passkey (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL REFERENCES customer (id),
    handle {bytes} NOT NULL UNIQUE,
    public_key {bytes} NOT NULL,
    signatures {int} NOT NULL,
    user_verified {int} NOT NULL,
    backup TEXT NOT NULL,
    aaguid {bytes} NOT NULL,
    name TEXT NOT NULL,
    created {int} NOT NULL,
    last_at {int},
    revision {int} NOT NULL
){rows};
CREATE INDEX passkey_by_customer ON passkey (customer);

CREATE TABLE spent_challenge (
    nonce {bytes} NOT NULL PRIMARY KEY,
    expires {int} NOT NULL
){keyed};
CREATE INDEX spent_challenge_by_expires ON spent_challenge (expires);
