// SQLite in one file, which outlives a kill at any moment. It is compiled to WebAssembly: an npm that runs no scripts of
// packages can install no other.

import { rmSync } from "node:fs";

import { SqliteDialect } from "kysely";
import sqlite from "node-sqlite3-wasm";

/** What better-auth takes as its database. */
export function open(file) {
  // Of a write that was cut off. SQLite itself takes back the half of it that is there.
  rmSync(`${file}.lock`, { recursive: true, force: true });
  const database = new sqlite.Database(file);
  return { dialect: new SqliteDialect({ database: prepared(database) }), type: "sqlite" };
}

// What Kysely expects of a database. A statement has no other way to say what it returns than to be run.
function prepared(database) {
  const plain = (values) => values.map((value) => (typeof value === "boolean" ? Number(value) : value));
  return {
    close: () => database.close(),
    prepare: (sql) => ({
      reader: /^\s*(select|pragma|with)\b|\breturning\b/i.test(sql),
      all: (values) => database.all(sql, plain(values)),
      run: (values) => {
        const { changes, lastInsertRowId } = database.run(sql, plain(values));
        return { changes, lastInsertRowid: lastInsertRowId };
      },
    }),
  };
}
