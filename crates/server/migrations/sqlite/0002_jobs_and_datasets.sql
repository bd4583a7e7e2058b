-- A file that was sent, and the work of reading it. The file itself lies in the data directory under the job's id.
CREATE TABLE jobs (
    id               TEXT PRIMARY KEY NOT NULL,
    account_id       TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    file_name        TEXT NOT NULL,
    size_bytes       INTEGER NOT NULL,
    stated_delimiter TEXT,                        -- as the person said; nothing: found out
    stated_encoding  TEXT,
    state            TEXT NOT NULL,               -- queued, running, done, failed, cancelled
    message          TEXT,                        -- what there is to say about the state, in a sentence
    attempt          INTEGER NOT NULL DEFAULT 0,  -- counts claims, so that a worker that lost its job is known
    served           INTEGER NOT NULL DEFAULT 0,  -- the place of the last claim in the order of all claims
    dataset_key      INTEGER,                     -- what the rows go to, once the header has been read
    at_byte          INTEGER NOT NULL DEFAULT 0,  -- where in the file the next row begins
    at_line          INTEGER NOT NULL DEFAULT 1,
    rows_accepted    INTEGER NOT NULL DEFAULT 0,
    rows_rejected    INTEGER NOT NULL DEFAULT 0,
    last_event       INTEGER NOT NULL DEFAULT 0,
    file_kept        INTEGER NOT NULL DEFAULT 1,
    created_at_ms    INTEGER NOT NULL,
    queued_at_ms     INTEGER NOT NULL,
    started_at_ms    INTEGER,                     -- of the last claim, for the rate
    started_rows     INTEGER NOT NULL DEFAULT 0,  -- how many rows had been read at that time
    updated_at_ms    INTEGER NOT NULL,
    ended_at_ms      INTEGER
);
CREATE INDEX jobs_of_account ON jobs (account_id, created_at_ms);
CREATE INDEX jobs_by_state ON jobs (state);

-- What happened to a job, numbered from 1 without gaps and never changed: whoever watches can go on from a number.
CREATE TABLE job_events (
    job_id        TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    at_ms         INTEGER NOT NULL,
    state         TEXT NOT NULL,
    message       TEXT,
    bytes_read    INTEGER NOT NULL,
    rows_accepted INTEGER NOT NULL,
    rows_rejected INTEGER NOT NULL,
    PRIMARY KEY (job_id, number)
) WITHOUT ROWID;

CREATE TABLE datasets (
    -- Short, because every row repeats it, and never used again for another: jobs go on naming it.
    key           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    account_id    TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    columns       TEXT NOT NULL,                  -- JSON: [{"name": …, "is_number": …}, …]
    delimiter     TEXT NOT NULL,
    encoding      TEXT NOT NULL,
    state         TEXT NOT NULL,                  -- importing, complete, discarded
    rows          INTEGER NOT NULL DEFAULT 0,
    rejected      INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
);
CREATE INDEX datasets_of_account ON datasets (account_id, created_at_ms);

-- No foreign keys here: the rows of a discarded dataset are deleted a few at a time.
CREATE TABLE dataset_rows (
    dataset_key INTEGER NOT NULL,
    number      INTEGER NOT NULL,                 -- from 1, without gaps
    line        INTEGER NOT NULL,                 -- of the file, where the row begins
    fields      TEXT NOT NULL,                    -- JSON: an array of texts
    PRIMARY KEY (dataset_key, number)
) WITHOUT ROWID;

CREATE TABLE rejected_rows (
    dataset_key INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    beginning   TEXT NOT NULL,                    -- of the row, so that a person knows it again
    PRIMARY KEY (dataset_key, number)
) WITHOUT ROWID;
