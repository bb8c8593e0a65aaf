-- What a passkey was made for and where, what was asked of a confirmation, and when a passkey was last removed,
-- since what it locked stays locked for a while.

ALTER TABLE passkey ADD COLUMN rp_id TEXT NOT NULL DEFAULT '';
-- Those of before were made under the customer's id.
ALTER TABLE passkey ADD COLUMN user_handle {bytes};
UPDATE passkey SET user_handle = customer;
ALTER TABLE passkey ADD COLUMN transports TEXT NOT NULL DEFAULT '';
ALTER TABLE passkey ADD COLUMN strange {int} NOT NULL DEFAULT 1;

ALTER TABLE customer ADD COLUMN passkey_removed {int};

ALTER TABLE operation ADD COLUMN required TEXT NOT NULL DEFAULT '';
