/** What goes into a statement. */
export type SqliteValue = string | number | Uint8Array | null;

/** A statement of a driver. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
}

/** A connection to a file, as a driver gives it: what `node:sqlite` and `better-sqlite3` have in common. Synchronous. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** Opens a file, and makes it if there is none. */
export type SqliteDriver = (file: string) => SqliteDatabase;

/** A row of a result, by column. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** The same, with results as this package reads them. */
export interface Statement extends SqliteStatement {
  get(...values: SqliteValue[]): SqlRow | undefined;
  all(...values: SqliteValue[]): SqlRow[];
}

export interface Database extends SqliteDatabase {
  prepare(sql: string): Statement;
}
