-- Of which revision the tries to tell are, so that a newer one begins anew; and since when an application takes
-- nothing that it is told.

ALTER TABLE operation ADD COLUMN tell_about {int} NOT NULL DEFAULT 0;
ALTER TABLE webhook ADD COLUMN failing {int};
