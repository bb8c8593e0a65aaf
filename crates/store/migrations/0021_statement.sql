-- What customers were shown of the operations that they confirmed, word for word (sealed), and its digest.

CREATE TABLE statement (
    operation {bytes} NOT NULL REFERENCES operation (id),
    decision {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    sealed {bytes} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (operation, decision)
){keyed};
