-- The tables of the checkpoint. Moments are microseconds since 1970-01-01T00:00:00Z, ids are 16 bytes,
-- words are those of the core crate, flags are 0 or 1, and lists of words are separated by one space.
--
-- No column holds personal data in clear: what names a person is sealed, with a truncated keyed index.
-- Tables that every attempt writes to have no foreign keys; their customer was read in the same act.

CREATE TABLE customer (
    id {bytes} NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    locale TEXT NOT NULL,
    created {int} NOT NULL,
    revision {int} NOT NULL
){keyed};

CREATE TABLE channel (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL REFERENCES customer (id),
    kind TEXT NOT NULL,
    sealed {bytes} NOT NULL,
    blind {bytes} NOT NULL,
    verified {int}
){keyed};
CREATE INDEX channel_by_blind ON channel (blind);
CREATE INDEX channel_by_customer ON channel (customer);

-- Who may sign in by which mail address or phone number: a keyed hash, so that of two who register at
-- once one comes first.
CREATE TABLE login (
    name {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL REFERENCES customer (id)
){keyed};
CREATE INDEX login_by_customer ON login (customer);

-- One password a customer; other kinds of proof get tables of their own.
CREATE TABLE credential (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL UNIQUE REFERENCES customer (id),
    hash TEXT NOT NULL,
    set_at {int} NOT NULL,
    revision {int} NOT NULL
){keyed};

CREATE TABLE device (
    id {bytes} NOT NULL PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,
    customer {bytes} NOT NULL REFERENCES customer (id),
    client TEXT,
    created {int} NOT NULL,
    last_at {int} NOT NULL
){keyed};
CREATE INDEX device_by_customer ON device (customer);

CREATE TABLE session (
    id {bytes} NOT NULL PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,
    customer {bytes} NOT NULL REFERENCES customer (id),
    device {bytes},
    proved {int} NOT NULL,
    methods TEXT NOT NULL,
    last_at {int} NOT NULL,
    ends {int} NOT NULL,
    ended {int}
){keyed};
CREATE INDEX session_by_customer ON session (customer);

-- Conversations in progress; one that is closed is deleted, and its sealed state with it.
CREATE TABLE interaction (
    id {bytes} NOT NULL PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    customer {bytes} REFERENCES customer (id),
    state {bytes} NOT NULL,
    created {int} NOT NULL,
    expires {int} NOT NULL,
    codes {int} NOT NULL,
    revision {int} NOT NULL
){rows};
CREATE INDEX interaction_by_customer ON interaction (customer);

-- One-time codes that were sent and not yet used: one for each thing they are bound to.
CREATE TABLE challenge (
    bound {bytes} NOT NULL PRIMARY KEY,
    id {bytes} NOT NULL UNIQUE,
    customer {bytes},
    kind TEXT NOT NULL,
    code {bytes} NOT NULL,
    sent {int} NOT NULL,
    expires {int} NOT NULL
){keyed};
CREATE INDEX challenge_by_customer ON challenge (customer);

-- Guessing counters. `locked_until` is 0 while not locked.
CREATE TABLE guess (
    counter {bytes} NOT NULL PRIMARY KEY,
    tries {int} NOT NULL,
    last_at {int} NOT NULL,
    locked_until {int} NOT NULL
){keyed};

-- Failed proofs by address and bucket of ten minutes; buckets older than the last two are removed.
CREATE TABLE address_failure (
    address {bytes} NOT NULL,
    bucket {int} NOT NULL,
    failures {int} NOT NULL,
    PRIMARY KEY (address, bucket)
){keyed};

CREATE TABLE application (
    id {bytes} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    secret {bytes},
    redirect_uris TEXT NOT NULL,
    post_logout_uris TEXT NOT NULL,
    created {int} NOT NULL
){keyed};

CREATE TABLE api_credential (
    id {bytes} NOT NULL PRIMARY KEY,
    hash {bytes} NOT NULL UNIQUE,
    application {bytes} NOT NULL REFERENCES application (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created {int} NOT NULL,
    revoked {int}
){keyed};
CREATE INDEX api_credential_by_application ON api_credential (application);

CREATE TABLE authorization_request (
    id {bytes} NOT NULL PRIMARY KEY,
    application {bytes} NOT NULL REFERENCES application (id),
    redirect_uri TEXT NOT NULL,
    parameters TEXT NOT NULL,
    created {int} NOT NULL,
    expires {int} NOT NULL
){rows};

CREATE TABLE authorization_code (
    code {bytes} NOT NULL PRIMARY KEY,
    request {bytes} NOT NULL UNIQUE REFERENCES authorization_request (id),
    customer {bytes} NOT NULL REFERENCES customer (id),
    session {bytes} NOT NULL,
    proved {int} NOT NULL,
    methods TEXT NOT NULL,
    expires {int} NOT NULL,
    redeemed {int}
){keyed};
CREATE INDEX authorization_code_by_customer ON authorization_code (customer);

CREATE TABLE operation (
    id {bytes} NOT NULL PRIMARY KEY,
    application {bytes} NOT NULL REFERENCES application (id),
    customer {bytes} NOT NULL REFERENCES customer (id),
    kind TEXT NOT NULL,
    fields {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    state TEXT NOT NULL,
    return_uri TEXT,
    decision {bytes} NOT NULL,
    strange {int} NOT NULL,
    created {int} NOT NULL,
    expires {int} NOT NULL,
    grant_id {bytes} UNIQUE,
    grant_methods TEXT,
    grant_proved {int},
    confirmed {int},
    redeemed {int},
    revision {int} NOT NULL
){rows};
CREATE INDEX operation_by_customer ON operation (customer, state);

CREATE TABLE idempotency (
    application {bytes} NOT NULL,
    request_key TEXT NOT NULL,
    request {bytes} NOT NULL,
    decision {bytes} NOT NULL,
    operation {bytes},
    at {int} NOT NULL,
    PRIMARY KEY (application, request_key)
){keyed};

-- The record of every decision. Rows are only ever added.
CREATE TABLE entry (
    id {bytes} NOT NULL PRIMARY KEY,
    at {int} NOT NULL,
    act TEXT NOT NULL,
    actor TEXT NOT NULL,
    application {bytes},
    customer {bytes},
    operation {bytes},
    verdict TEXT NOT NULL,
    requirements TEXT NOT NULL,
    reasons TEXT NOT NULL,
    policy TEXT NOT NULL,
    facts TEXT NOT NULL
){rows};

CREATE TABLE outcome (
    decision {bytes} NOT NULL PRIMARY KEY,
    outcome TEXT NOT NULL,
    at {int} NOT NULL
){keyed};

-- The history of accesses, kept together by customer. Rows are only ever added.
CREATE TABLE access (
    customer {bytes} NOT NULL,
    at {int} NOT NULL,
    decision {bytes} NOT NULL,
    act TEXT NOT NULL,
    ending TEXT NOT NULL,
    verdict TEXT NOT NULL,
    address {bytes},
    system {int},
    country TEXT,
    device {bytes},
    client TEXT,
    application {bytes},
    PRIMARY KEY (customer, at, decision)
){keyed};

-- One row for each trait that a customer showed: first, last, and how those accesses ended.
-- An access counts in all of its customer's rows, so those lie together and are written as one page; who else
-- showed a trait is asked of an index that only a new row touches.
CREATE TABLE sighting (
    customer {bytes} NOT NULL,
    kind {int} NOT NULL,
    value {bytes} NOT NULL,
    first_at {int} NOT NULL,
    last_at {int} NOT NULL,
    successes {int} NOT NULL,
    failures {int} NOT NULL,
    guarded {int} NOT NULL,
    first_success {int},
    PRIMARY KEY (customer, kind, value)
){keyed};
CREATE INDEX sighting_by_trait ON sighting (kind, value, customer);
CREATE INDEX sighting_paid ON sighting (value) WHERE kind = 6 AND successes > 0;

CREATE TABLE payout_change (
    customer {bytes} NOT NULL PRIMARY KEY,
    at {int} NOT NULL,
    strange {int} NOT NULL
){keyed};

CREATE TABLE largest_amount (
    customer {bytes} NOT NULL,
    kind TEXT NOT NULL,
    minor {int} NOT NULL,
    PRIMARY KEY (customer, kind)
){keyed};

CREATE TABLE report_code (
    code {bytes} NOT NULL PRIMARY KEY,
    decision {bytes} NOT NULL,
    customer {bytes} NOT NULL REFERENCES customer (id),
    expires {int} NOT NULL,
    used {int}
){keyed};

-- The outbox. `next_at` is when a worker may take the message (again).
CREATE TABLE notice (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes},
    kind TEXT NOT NULL,
    template TEXT NOT NULL,
    locale TEXT NOT NULL,
    sealed {bytes} NOT NULL,
    created {int} NOT NULL,
    state TEXT NOT NULL,
    tries {int} NOT NULL,
    next_at {int} NOT NULL,
    last_error TEXT
){rows};
CREATE INDEX notice_by_state ON notice (state, next_at);

CREATE TABLE signing_key (
    kid TEXT NOT NULL PRIMARY KEY,
    sealed {bytes} NOT NULL,
    jwk TEXT NOT NULL,
    created {int} NOT NULL,
    retires {int}
){keyed};
