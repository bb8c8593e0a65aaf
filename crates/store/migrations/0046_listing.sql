-- Networks that people of the firm put on a list for a time, and one row that counts every change of which stand.

CREATE TABLE listing (
    id {bytes} NOT NULL PRIMARY KEY,
    network TEXT NOT NULL,
    listed TEXT NOT NULL,
    reason TEXT NOT NULL,
    alert {bytes},
    made_by {bytes} NOT NULL REFERENCES staff (id),
    made {int} NOT NULL,
    ends {int} NOT NULL,
    ended_by {bytes} REFERENCES staff (id),
    ended {int}
){rows};
CREATE INDEX listing_open ON listing (ends) WHERE ended IS NULL;
CREATE INDEX listing_made ON listing (made, id);

CREATE TABLE listing_epoch (
    one {int} NOT NULL PRIMARY KEY,
    epoch {int} NOT NULL
){keyed};
INSERT INTO listing_epoch (one, epoch) VALUES (1, 0);
