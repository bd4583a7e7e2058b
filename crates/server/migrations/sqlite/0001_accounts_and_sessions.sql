-- Times are milliseconds since the Unix epoch, identifiers are UUIDs as text, roles are separated by spaces.
CREATE TABLE accounts (
    id            TEXT PRIMARY KEY NOT NULL,
    email         TEXT NOT NULL UNIQUE,  -- lower case
    name          TEXT NOT NULL,
    roles         TEXT NOT NULL,
    password_hash TEXT NOT NULL,         -- PHC string, argon2id
    disabled      INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
);

CREATE TABLE sessions (
    id              TEXT PRIMARY KEY NOT NULL,
    account_id      TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    device          TEXT NOT NULL,
    address         TEXT NOT NULL,
    kept            INTEGER NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL,
    expires_at_ms   INTEGER NOT NULL,    -- the absolute limit
    generation      INTEGER NOT NULL,    -- of the refresh token that is good now
    revoked_at_ms   INTEGER,
    revoked_why     TEXT
);
CREATE INDEX sessions_of_account ON sessions (account_id);
CREATE INDEX sessions_by_limit ON sessions (expires_at_ms);

-- Every refresh token a session ever had, so that a stolen one is known when it comes back.
CREATE TABLE refresh_tokens (
    hash             BLOB PRIMARY KEY NOT NULL,  -- SHA-256; the token itself is nowhere
    session_id       TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    generation       INTEGER NOT NULL,
    kid              TEXT NOT NULL,              -- the key it was derived with
    superseded_at_ms INTEGER,
    superseded_by    TEXT,                       -- the Idempotency-Key of the request that did it
    UNIQUE (session_id, generation)
) WITHOUT ROWID;
