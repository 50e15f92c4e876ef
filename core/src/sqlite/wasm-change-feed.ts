import type { RowChange, SqlValue } from './driver.ts'
import { sqliteError } from './result-codes.ts'
import type { Pointer } from './sqlite3.ts'
import { askValue } from './wasm-cells.ts'
import type { WasmConnection } from './wasm-connection.ts'
import { cellAt, readsMem } from './wasm-mem.ts'
import type { ChangeFeed } from './wasm-rows.ts'

type Listener = (change: RowChange) => void

const DELETE = 9
const INSERT = 18

/** SQLite's preupdate hook as `RowChange`s of `main`. One change object is used again and again. */
export class WasmChangeFeed implements ChangeFeed {
  readonly #connection: WasmConnection
  readonly #change: WasmRowChange
  #hook: Pointer = 0
  #listener: Listener | null = null

  constructor(connection: WasmConnection) {
    this.#connection = connection
    this.#change = new WasmRowChange(connection)
  }

  get listener(): Listener | null {
    return this.#listener
  }

  set listener(listener: Listener | null) {
    const { exports, database, sqlite3 } = this.#connection
    if ((listener === null) !== (this.#listener === null)) {
      if (listener !== null && this.#hook === 0) {
        this.#hook = sqlite3.wasm.installFunction('v(ppippjj)', this.#hear)
      }
      exports.sqlite3_preupdate_hook(database, listener === null ? 0 : this.#hook, 0)
    }
    this.#listener = listener
  }

  close(): void {
    if (this.#hook !== 0) this.#connection.sqlite3.wasm.uninstallFunction(this.#hook)
    this.#hook = 0
  }

  readonly #hear = (_argument: Pointer, _database: Pointer, operation: number, schema: Pointer, table: Pointer) => {
    try {
      if (this.#change.take(operation, schema, table)) this.#listener?.(this.#change)
    } catch (error) {
      this.#connection.keepListenerError(error)
    }
  }
}

class WasmRowChange implements RowChange {
  readonly #connection: WasmConnection
  readonly #direct: boolean
  table = ''
  kind: 'insert' | 'update' | 'delete' = 'insert'
  #tablePointer: Pointer = -1

  constructor(connection: WasmConnection) {
    this.#connection = connection
    this.#direct = readsMem(connection)
  }

  /** Becomes the change that SQLite tells of; false for other databases than `main`. */
  take(operation: number, schema: Pointer, table: Pointer): boolean {
    const { memory } = this.#connection
    if (!isText(memory.bytes, schema >>> 0, 'main')) return false
    // The name stays in place as long as the schema does; comparing it is cheaper than decoding it for each row.
    if (table !== this.#tablePointer || !isText(memory.bytes, table >>> 0, this.table)) {
      this.#tablePointer = table
      this.table = memory.text(table) ?? ''
    }
    this.kind = operation === INSERT ? 'insert' : operation === DELETE ? 'delete' : 'update'
    return true
  }

  before(column: number): SqlValue {
    const { exports, database, output } = this.#connection
    return this.#value(exports.sqlite3_preupdate_old(database, column, output))
  }

  after(column: number): SqlValue {
    const { exports, database, output } = this.#connection
    return this.#value(exports.sqlite3_preupdate_new(database, column, output))
  }

  readonly #text = (address: Pointer, size: number) => this.#connection.memory.shortText(address, size)

  #value(code: number): SqlValue {
    const { exports: x, memory, output } = this.#connection
    if (code !== 0) throw sqliteError(code, `a changed value of ${this.table} cannot be read`, 'run', 'watch')
    const value = memory.word(output)
    const cell = this.#direct ? cellAt(memory, value) : undefined
    return cell === undefined ? askValue(x, memory, value, this.#text) : cell
  }
}

/** Is this NUL-terminated ASCII text there? Other characters never match. */
function isText(bytes: Uint8Array, address: Pointer, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[address + at] !== text.charCodeAt(at)) return false
  return bytes[address + text.length] === 0
}
