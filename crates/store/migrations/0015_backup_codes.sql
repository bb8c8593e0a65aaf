-- Backup codes: keyed hashes of the codes that a customer keeps on paper. One set for each customer; a used code
-- stays with its set, so that its return is noticed, and told once.

CREATE TABLE backup_set (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL UNIQUE REFERENCES customer (id),
    made {int} NOT NULL
){keyed};

CREATE TABLE backup_code (
    backup_set {bytes} NOT NULL REFERENCES backup_set (id),
    hash {bytes} NOT NULL,
    used {int},
    again {int},
    PRIMARY KEY (backup_set, hash)
){keyed};
