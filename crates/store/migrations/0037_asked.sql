-- Whether the customer of a case was asked if it was them. One procedure may have two cases, and is asked about once.

ALTER TABLE case_file ADD COLUMN asked {int} NOT NULL DEFAULT 0;
CREATE INDEX case_customer ON case_file (customer, opened, id);
