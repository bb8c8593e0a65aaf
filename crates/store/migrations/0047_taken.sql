-- Who looks into an alert, and since when; and what waits for somebody to.

ALTER TABLE alert ADD COLUMN taken_by {bytes} REFERENCES staff (id);
ALTER TABLE alert ADD COLUMN taken {int};

CREATE INDEX alert_nobody ON alert (raised) WHERE closed IS NULL AND taken IS NULL;
CREATE INDEX case_nobody ON case_file (opened) WHERE closed IS NULL AND taken_by IS NULL;
