const DELETE = 9
const INSERT = 18
const UPDATE = 23

/** `SQLITE_CREATE_*`, `SQLITE_DROP_*`, `SQLITE_ALTER_TABLE`, `SQLITE_CREATE_VTABLE`: statements that write the schema too. */
function changesSchema(code: number): boolean {
  return (code >= 1 && code <= 17 && code !== DELETE) || code === 26 || code === 29 || code === 30
}

/** Tells INSERT, UPDATE and DELETE from other statements, by the actions that SQLite's authorizer is asked about while one is compiled. */
export class RowWrites {
  #rows = false
  #schema = false

  /** A compilation begins. */
  begin(): void {
    this.#rows = false
    this.#schema = false
  }

  hear(code: number): void {
    if (code === INSERT || code === UPDATE || code === DELETE) this.#rows = true
    else if (changesSchema(code)) this.#schema = true
  }

  /** What was compiled writes rows, and nothing else. */
  get only(): boolean {
    return this.#rows && !this.#schema
  }
}
