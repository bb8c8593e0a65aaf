-- How many rows of a part have been removed so far, so that what is left can be compared with what must be. Of a
-- removal that was interrupted before this column was there, none are known to have gone.
ALTER TABLE archive_part ADD COLUMN gone {int} NOT NULL DEFAULT 0;
