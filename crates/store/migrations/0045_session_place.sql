-- From where the last proof of a session was given, and when it was last written down that it is used in another
-- country or by another program. Sessions of before are compared with nothing.

ALTER TABLE session ADD COLUMN place_network {bytes};
ALTER TABLE session ADD COLUMN place_system {int};
ALTER TABLE session ADD COLUMN place_country TEXT;
ALTER TABLE session ADD COLUMN place_client TEXT;
ALTER TABLE session ADD COLUMN strange_at {int};
