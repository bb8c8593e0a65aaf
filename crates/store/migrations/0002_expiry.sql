-- By when things end, so that removing what has ended reads no more rows than it removes.

CREATE INDEX interaction_by_expires ON interaction (expires);
CREATE INDEX challenge_by_expires ON challenge (expires);
CREATE INDEX authorization_code_by_expires ON authorization_code (expires);
CREATE INDEX authorization_request_by_expires ON authorization_request (expires);
CREATE INDEX session_by_ends ON session (ends);
CREATE INDEX report_code_by_expires ON report_code (expires);
CREATE INDEX idempotency_by_at ON idempotency (at);
