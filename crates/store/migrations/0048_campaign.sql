-- Messages to chosen sets of customers. Whose turn was last stands in the campaign itself, so that nobody's turn comes
-- twice; who was named has rows of their own.

CREATE TABLE campaign (
    id {bytes} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject_ja TEXT,
    body_ja TEXT,
    subject_en TEXT,
    body_en TEXT,
    chosen TEXT NOT NULL,
    days {int},
    alert {bytes},
    as_of {int} NOT NULL,
    rate {int} NOT NULL,
    ground TEXT NOT NULL,
    state TEXT NOT NULL,
    digest {bytes} NOT NULL,
    counted {int} NOT NULL,
    unknown {int} NOT NULL,
    proposed_by {bytes} NOT NULL REFERENCES staff (id),
    proposed {int} NOT NULL,
    started_by {bytes} REFERENCES staff (id),
    started {int},
    stopped_by {bytes} REFERENCES staff (id),
    stopped {int},
    stop_ground TEXT,
    finished {int},
    changed {int} NOT NULL,
    place {bytes} NOT NULL,
    next_at {int} NOT NULL,
    sent {int} NOT NULL,
    skipped {int} NOT NULL,
    revision {int} NOT NULL
){keyed};
CREATE INDEX campaign_newest ON campaign (proposed, id);
CREATE INDEX campaign_by_state ON campaign (state, changed);

CREATE TABLE campaign_listed (
    campaign {bytes} NOT NULL REFERENCES campaign (id),
    customer {bytes} NOT NULL,
    PRIMARY KEY (campaign, customer)
){keyed};

-- Of which campaign a message is: it goes after all that are of none.
ALTER TABLE notice ADD COLUMN campaign {bytes};
CREATE INDEX notice_by_campaign ON notice (campaign, state) WHERE campaign IS NOT NULL;
CREATE INDEX notice_of_campaigns ON notice (state, next_at) WHERE campaign IS NOT NULL;
