-- For a walk through the passwords that were set long ago.
CREATE INDEX credential_by_age ON credential (set_at, id);
