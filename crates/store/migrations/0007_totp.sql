-- Authenticator apps: the sealed secret, and the last step whose code was used, so that a code counts once on
-- every node. One for each customer; it proves nothing until it is confirmed.

CREATE TABLE totp (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL UNIQUE REFERENCES customer (id),
    session {bytes} NOT NULL,
    secret {bytes} NOT NULL,
    begun {int} NOT NULL,
    confirmed {int},
    step {int} NOT NULL,
    last_at {int},
    revision {int} NOT NULL
){keyed};
