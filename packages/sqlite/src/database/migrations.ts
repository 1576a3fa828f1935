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
    -- How it ended.
    status TEXT,
    -- When it could go on: 0 unless it is at rest, infinity where only an answer counts.
    due_at REAL NOT NULL DEFAULT 0,
    -- Of a child run: the run that called it, and the run that it began from, at the top.
    parent TEXT,
    root INTEGER,
    -- The run that it was forked from.
    forked_from TEXT,
    -- How many records it has, and what is made of that and the hash of the last: records that were cut off are missed.
    length INTEGER NOT NULL DEFAULT 1,
    head TEXT NOT NULL,
    -- A checksum over what lists of runs show.
    sum INTEGER NOT NULL,
    -- The fencing token: grows with every owner.
    token INTEGER NOT NULL DEFAULT 1,
    owner TEXT,
    session TEXT
  ) STRICT;

  CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL AND root IS NULL;
  CREATE INDEX runs_by_due ON runs (due_at, id) WHERE ended_at IS NULL;
  -- No index has a column that an append changes: only the start and the end of a run, and who holds it, are written to some.
  CREATE INDEX runs_open ON runs (id) WHERE ended_at IS NULL;
  CREATE INDEX runs_open_by_workflow ON runs (workflow, id) WHERE ended_at IS NULL;
  CREATE INDEX runs_held ON runs (id) WHERE session IS NOT NULL;
  CREATE INDEX runs_by_status ON runs (status, id) WHERE status IS NOT NULL;
  CREATE INDEX runs_by_workflow ON runs (workflow, id);
  CREATE INDEX runs_by_workflow_and_status ON runs (workflow, status, id) WHERE status IS NOT NULL;
  CREATE INDEX runs_by_parent ON runs (parent, id) WHERE parent IS NOT NULL;
  CREATE INDEX runs_by_root ON runs (root) WHERE root IS NOT NULL;

  -- Runs that are gone, and of which something is left to be deleted.
  CREATE TABLE pruned_runs (id INTEGER PRIMARY KEY) STRICT;

  -- One row. For how long ended runs are kept, unless that was never said, and when it is time to look for older ones.
  CREATE TABLE retention (body ANY, next_at REAL NOT NULL) STRICT;
  INSERT INTO retention VALUES (NULL, 0);

  -- The histories, as they were appended: nothing here is ever changed.
  CREATE TABLE records (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    -- Text, or bytes where the file is encrypted. So are all bodies.
    body ANY NOT NULL,
    -- Over the record and the hash of the one before it.
    hash TEXT NOT NULL,
    -- With an index, and not as the table's own order: the bodies of all runs that go on are then written to the same few pages.
    -- Measured with 50 runs at once: 24,000 steps/s against 13,500. One run alone takes 5 % longer.
    PRIMARY KEY (run, seq)
  ) STRICT;

  -- Large values of records, each once, by the hash of its JSON text. In a body '\\u0000blob:' and the hash stand for it.
  CREATE TABLE blobs (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    body ANY NOT NULL
  ) STRICT;

  -- Which run has which. Whoever deletes the records of a run deletes its rows here: the rest follows.
  CREATE TABLE blob_runs (
    run INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (run, hash)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX blob_runs_by_hash ON blob_runs (hash);

  CREATE TRIGGER blob_unused AFTER DELETE ON blob_runs
  WHEN NOT EXISTS (SELECT 1 FROM blob_runs WHERE hash = OLD.hash)
  BEGIN
    DELETE FROM blobs WHERE hash = OLD.hash;
  END;

  -- What is left of a run is deleted with the last sign of it.
  CREATE TRIGGER run_gone AFTER DELETE ON pruned_runs
  BEGIN
    DELETE FROM blob_runs WHERE run = OLD.id;
  END;

  -- One row where the file is encrypted: the key of its bodies, encrypted with that of the user.
  CREATE TABLE file_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sealed BLOB NOT NULL
  ) STRICT;

  -- For people. A view costs nothing: generated columns double the time that a large body takes to be written.
  -- Of what is encrypted it can only tell the run and the place.
  CREATE VIEW history AS
    SELECT
      r.run_id, x.seq,
      x.body ->> '$.time' AS time, x.body ->> '$.type' AS type,
      x.body ->> '$.node' AS node, x.body ->> '$.attempt' AS attempt, x.body ->> '$.step' AS step,
      x.body
    FROM (SELECT run, seq, iif(typeof(body) = 'text', body, NULL) AS body FROM records) x JOIN runs r ON r.id = x.run
    ORDER BY x.run, x.seq;

  -- In the order in which they came. The place is node and step.
  CREATE TABLE answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    place TEXT NOT NULL,
    body ANY NOT NULL,
    UNIQUE (run, place)
  ) STRICT;

  -- What processes ask of the one that holds a run, and the replies.
  CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    run INTEGER NOT NULL,
    posted_at REAL NOT NULL,
    body ANY NOT NULL,
    reply ANY
  ) STRICT, WITHOUT ROWID;

  -- What outlives runs. The scope says whose it is; no body where it was cleared.
  CREATE TABLE memories (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    body ANY,
    PRIMARY KEY (scope, name)
  ) STRICT;

  -- The newest writes of each memory: one of the same key is not made again.
  CREATE TABLE memory_writes (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (scope, name, version),
    UNIQUE (scope, name, key)
  ) STRICT, WITHOUT ROWID;

  -- Texts and their vectors, which stand first: a search reads no further.
  CREATE TABLE notes (
    -- Grows with every note, for it tells them in the order in which they were kept.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    model TEXT NOT NULL,
    length INTEGER NOT NULL,
    vector BLOB NOT NULL,
    body ANY NOT NULL,
    UNIQUE (scope, name, key)
  ) STRICT;

  CREATE INDEX notes_by_model ON notes (scope, name, model, length);

  CREATE TABLE thread_entries (
    thread TEXT NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    body ANY NOT NULL,
    PRIMARY KEY (thread, position),
    UNIQUE (thread, key)
  ) STRICT;
  `,
];
