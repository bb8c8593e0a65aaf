-- The challenge of a passkey is a ticket: "challenge" is the row of a one-time code.
ALTER TABLE spent_challenge RENAME TO spent_ticket;
DROP INDEX spent_challenge_by_expires;
CREATE INDEX spent_ticket_by_expires ON spent_ticket (expires);
