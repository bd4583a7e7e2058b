-- In which dialect a session was opened; until now there was one.
ALTER TABLE sessions ADD COLUMN dialect TEXT NOT NULL DEFAULT 'perennial';
