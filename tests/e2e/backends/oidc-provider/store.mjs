// What the provider remembers, in one file, so that it outlives a kill at any moment.

import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** The records of every kind, by `Kind:id`; each is the provider's payload with the time it is good until. */
export class Store {
  #file;
  #records;

  constructor(file) {
    this.#file = file;
    this.#records = new Map(read(file));
  }

  get(key) {
    const record = this.#records.get(key);
    return record && (record.until === null || record.until > Date.now()) ? record.payload : undefined;
  }

  set(key, payload, expiresInS) {
    const until = expiresInS ? Date.now() + expiresInS * 1000 : null;
    this.#records.set(key, { payload, until });
    this.#write();
  }

  delete(isMeant) {
    for (const [key, { payload }] of this.#records) {
      if (isMeant(key, payload)) this.#records.delete(key);
    }
    this.#write();
  }

  /** The key and payload of every record of a kind that is still good. */
  all(kind) {
    const keys = [...this.#records.keys()].filter((key) => key.startsWith(`${kind}:`) && this.get(key));
    return keys.map((key) => [key.slice(kind.length + 1), this.get(key)]);
  }

  /** What the provider calls an adapter: the records of one kind. */
  adapter(kind) {
    const key = (id) => `${kind}:${id}`;
    const find = async (isMeant) => this.all(kind).find(([, payload]) => isMeant(payload))?.[1];
    return {
      upsert: async (id, payload, expiresInS) => this.set(key(id), payload, expiresInS),
      find: async (id) => this.get(key(id)),
      findByUid: (uid) => find((payload) => payload.uid === uid),
      findByUserCode: (code) => find((payload) => payload.userCode === code),
      destroy: async (id) => this.delete((other) => other === key(id)),
      revokeByGrantId: async (id) =>
        this.delete((other, payload) => other.startsWith(`${kind}:`) && payload.grantId === id),
      consume: async (id) => {
        this.get(key(id)).consumed = Math.floor(Date.now() / 1000);
        this.#write();
      },
    };
  }

  // A file is either the old one or the new one, never half of it.
  #write() {
    const next = `${this.#file}.next`;
    writeFileSync(next, JSON.stringify([...this.#records]));
    renameSync(next, this.#file);
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}
