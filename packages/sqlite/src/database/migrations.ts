/** Marks a file as ours: `PRAGMA application_id`. The letters ESPL. */
export const APPLICATION_ID = 0x45_53_50_4c;

/**
 * How a file comes from one version to the next; a new file goes through all of them. What has been released never changes:
 * a change of the schema is a further entry.
 */
export const migrations: readonly string[] = [
  `
  -- A process that has this file open: it holds runs until the session expires.
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    expires_at REAL NOT NULL,
    -- Which process it is, for others on the same machine: they need not wait for one that has ended.
    place TEXT,
    pid INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE runs (
    -- Never used again: records of a run that was pruned may still be there under it.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    version REAL NOT NULL,
    started_at REAL NOT NULL,
    -- Nothing while it has not ended.
    ended_at REAL,
    -- Of a child run: the run that it began from, at the top.
    root INTEGER,
    -- The fencing token: grows with every owner.
    token INTEGER NOT NULL DEFAULT 1,
    owner TEXT,
    session TEXT
  ) STRICT;

  CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL AND root IS NULL;
  CREATE INDEX runs_by_root ON runs (root) WHERE root IS NOT NULL;

  -- Runs that are gone, and of which something is left to be deleted.
  CREATE TABLE pruned_runs (id INTEGER PRIMARY KEY) STRICT;

  -- One row. For how long ended runs are kept, in milliseconds, and when it is time to look for older ones.
  CREATE TABLE retention (after REAL, next_at REAL NOT NULL) STRICT;
  INSERT INTO retention VALUES (30 * 86400000.0, 0);

  -- The histories, as they were appended: nothing here is ever changed.
  CREATE TABLE records (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, seq)
  ) STRICT;

  -- For people. A view costs nothing: generated columns double the time that a body of 100 MB takes to be written.
  CREATE VIEW history AS
    SELECT
      r.run_id, x.seq,
      x.body ->> '$.time' AS time, x.body ->> '$.type' AS type,
      x.body ->> '$.node' AS node, x.body ->> '$.attempt' AS attempt, x.body ->> '$.step' AS step,
      x.body
    FROM records x JOIN runs r ON r.id = x.run
    ORDER BY x.run, x.seq;

  -- In the order in which they came. The place is node and step.
  CREATE TABLE answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    place TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (run, place)
  ) STRICT;

  CREATE TABLE thread_entries (
    thread TEXT NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (thread, position),
    UNIQUE (thread, key)
  ) STRICT;
  `,
];
