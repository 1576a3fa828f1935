/** The drivers that every test of what SQLite does runs on. */
export const drivers = ['node:sqlite', 'better-sqlite3'] as const;
