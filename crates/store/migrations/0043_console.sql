-- What people write about a case, sealed, in the order of the decisions that keep it; and what the console's lists
-- are paged by.

CREATE TABLE case_note (
    decision {bytes} NOT NULL PRIMARY KEY,
    case_file {bytes} NOT NULL REFERENCES case_file (id),
    staff {bytes} NOT NULL REFERENCES staff (id),
    at {int} NOT NULL,
    sealed {bytes} NOT NULL
){rows};
CREATE INDEX case_note_of ON case_note (case_file, decision);

-- Since when the firm made a password good for nothing.
ALTER TABLE credential ADD COLUMN void_at {int};

CREATE INDEX alert_open ON alert (last_at, id) WHERE closed IS NULL;
CREATE INDEX alert_all ON alert (last_at, id);
CREATE INDEX alert_worst ON alert (entered, last_at, id) WHERE closed IS NULL;
CREATE INDEX case_taken ON case_file (taken_by, place, opened, id) WHERE closed IS NULL;
