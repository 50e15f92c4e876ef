import type { Exports, Module } from './exports.ts'

export const ROW = 100
const DONE = 101
const READWRITE_CREATE = 0x6
const PERSISTENT = 1
const STATIC = 0
const MEMORY_USED = 0

/** Bytes for the texts of one execution, and for the texts of one page of results. */
const SCRATCH = 64 * 1024

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * The least that a hand-written app on `wasm.exports` needs: prepared statements, one scratch buffer for texts going in,
 * one for texts coming out. Knows its statements and their column types; texts are ASCII.
 */
export class Engine {
  readonly x: Exports
  readonly #module: Module
  readonly #database: number
  readonly #in: number
  readonly #out: number
  readonly #statements: number[] = []
  #bytes: Uint8Array
  #used = 0
  #gathered = 0

  constructor(module: Module) {
    this.#module = module
    this.x = module.exports
    this.#in = this.x.sqlite3_malloc(SCRATCH)
    this.#out = this.x.sqlite3_malloc(SCRATCH)
    this.#bytes = new Uint8Array(module.memory.buffer)
    this.#check(this.x.sqlite3_open_v2(this.#text(':memory:'), this.#out, READWRITE_CREATE, 0), 'open')
    this.#database = this.#word(this.#out)
  }

  exec(sql: string): void {
    this.#check(this.x.sqlite3_exec(this.#database, this.#text(sql), 0, 0, 0), sql)
  }

  prepare(sql: string): number {
    this.#check(this.x.sqlite3_prepare_v3(this.#database, this.#text(sql), -1, PERSISTENT, this.#out, 0), sql)
    const statement = this.#word(this.#out)
    this.#statements.push(statement)
    return statement
  }

  /** Texts stay where they are until the next `begin`: SQLite need not copy them. */
  begin(): void {
    this.#used = 0
  }

  bindText(statement: number, index: number, text: string): void {
    const bytes = this.bytes
    const start = this.#in + this.#used
    const { length } = text
    for (let i = 0; i < length; i++) bytes[start + i] = text.charCodeAt(i)
    this.#used += length
    this.x.sqlite3_bind_text(statement, index, start, length, STATIC)
  }

  /** Puts another text of the same length in the place of the first that was bound. */
  overwrite(text: string): void {
    const bytes = this.bytes
    for (let i = 0; i < text.length; i++) bytes[this.#in + i] = text.charCodeAt(i)
  }

  run(statement: number): void {
    const code = this.x.sqlite3_step(statement)
    this.x.sqlite3_reset(statement)
    if (code !== DONE) throw new Error(`SQLite gave ${code}`)
  }

  /** Copies a text of the current row; gives its length. `takeTexts` decodes all at once. */
  gather(statement: number, column: number): number {
    const source = this.x.sqlite3_column_text(statement, column)
    const length = this.x.sqlite3_column_bytes(statement, column)
    const bytes = this.bytes
    const target = this.#out + this.#gathered
    for (let i = 0; i < length; i++) bytes[target + i] = bytes[source + i] as number
    this.#gathered += length
    return length
  }

  takeTexts(): string {
    const length = this.#gathered
    this.#gathered = 0
    return decoder.decode(this.bytes.subarray(this.#out, this.#out + length))
  }

  /** Bytes that SQLite holds of its memory. */
  get held(): number {
    this.#check(this.x.sqlite3_status64(MEMORY_USED, this.#out, this.#out + 8, 0), 'status')
    return Number(new DataView(this.#module.memory.buffer).getBigInt64(this.#out, true))
  }

  close(): void {
    for (const statement of this.#statements) this.x.sqlite3_finalize(statement)
    this.x.sqlite3_close_v2(this.#database)
    this.x.sqlite3_free(this.#in)
    this.x.sqlite3_free(this.#out)
  }

  /** Memory that has grown is another buffer. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#module.memory.buffer)
    return this.#bytes
  }

  #word(address: number): number {
    return new DataView(this.#module.memory.buffer).getUint32(address, true)
  }

  #text(text: string): number {
    const { written } = encoder.encodeInto(`${text}\0`, this.bytes.subarray(this.#in, this.#in + SCRATCH))
    if (written <= text.length) throw new RangeError('The SQL does not fit the scratch buffer.')
    return this.#in
  }

  #check(code: number, what: string): void {
    if (code !== 0) throw new Error(`SQLite gave ${code} at ${what}`)
  }
}
