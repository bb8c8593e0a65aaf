-- Whether the maker of an authenticator vouched for its model when a passkey was made.

ALTER TABLE passkey ADD COLUMN attested {int} NOT NULL DEFAULT 0;
