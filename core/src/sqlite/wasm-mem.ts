import type { SqlValue } from './driver.ts'
import { type Pointer, SQLITE_ROW, type Sqlite3Exports } from './sqlite3.ts'
import { askValue } from './wasm-cells.ts'
import type { WasmConnection } from './wasm-connection.ts'
import type { WasmMemory } from './wasm-memory.ts'

// A result row is an array of SQLite's `Mem`, which on wasm32 begins:
//   0 value (int64 or double) · 8 pointer to the bytes · 12 number of bytes · 16 flags (16 bit) · 18 encoding (8 bit)
// Reading it costs a third of what the calls cost. `readsMem` compares both once per module, so
// that another build of SQLite is slower and never wrong.
export const MEM_POINTER = 8
export const MEM_SIZE = 12
export const MEM_FLAGS = 16
export const MEM_BYTES = 40

/** The flags that tell the type, and the encoding where it matters. Any other combination is asked by calls. */
export const MEM_TYPE = 0x3f
export const MEM_NULL = 0x01
export const MEM_TEXT = 0x02
export const MEM_INTEGER = 0x04
export const MEM_REAL = 0x08
const MEM_ENCODING = 0xff0000
const UTF8 = 0x010000

/** Integers strictly between −2^53 and 2^53 are numbers; this is the bound, and its high word. */
const maxExact = 2 ** 53
const safeHigh = 2 ** 21

/** Integer at a `Mem`, undefined when it is beyond the safe ones. */
export function integerAt(words: Int32Array, mem: Pointer): number | undefined {
  const low = words[mem >> 2] as number
  const high = words[(mem >> 2) + 1] as number
  if (high === low >> 31) return low
  if (high >= safeHigh || high < -safeHigh) return undefined
  const integer = high * 4294967296 + (low >>> 0)
  return integer === -maxExact ? undefined : integer
}

const layoutProbe = `SELECT 0, -1, 2147483648, -9007199254740991, 9007199254740993, 1.5, -1e300, NULL, 'a', 'äöü', '',
  'a text of more than sixteen bytes', x'0102', zeroblob(3), abs(-7), lower('ABC'), CAST(5 AS REAL), column1, column2
  FROM (VALUES ('from a', 12), ('from b', 3.5))`

/** By the exports of a module. */
const known = new WeakMap<object, boolean>()

/** Values can be read from memory. False, with a build of another layout, makes every cell cost several calls. */
export function readsMem(connection: WasmConnection): boolean {
  const { exports: x, memory } = connection
  let holds = known.get(x)
  if (holds === undefined) {
    const probe = connection.compile(layoutProbe, null).pointer
    holds = memLayoutHolds(x, memory, probe)
    x.sqlite3_finalize(probe)
    known.set(x, holds)
  }
  return holds
}

/** Whether cells read from memory equal those asked by calls, for every type, over a statement of `layoutProbe`. */
function memLayoutHolds(x: Sqlite3Exports, memory: WasmMemory, statement: Pointer): boolean {
  const columns = x.sqlite3_column_count(statement)
  let rows = 0
  for (; x.sqlite3_step(statement) === SQLITE_ROW; rows++) {
    const start = x.sqlite3_column_value(statement, 0) >>> 0
    if (start % 8 !== 0) return false
    for (let column = 0; column < columns; column++) {
      const mem = start + column * MEM_BYTES
      if (x.sqlite3_column_value(statement, column) >>> 0 !== mem) return false
      const read = cellAt(memory, mem)
      // Before the calls, which may change how SQLite holds the value.
      const asked = askValue(x, memory, mem, (address, size) => memory.decode(address, size))
      const byCall = typeof asked === 'bigint' || asked instanceof Uint8Array
      if (byCall ? read !== undefined : read !== asked) return false
    }
  }
  return rows === 2
}

/** The value at a `Mem`; undefined for what is to be asked by calls. */
export function cellAt(memory: WasmMemory, mem: Pointer): SqlValue | undefined {
  const { words } = memory
  const flags = words[(mem + MEM_FLAGS) >> 2] as number
  if (isUtf8(flags)) {
    return memory.shortText((words[(mem + MEM_POINTER) >> 2] as number) >>> 0, words[(mem + MEM_SIZE) >> 2] as number)
  }
  if ((flags & MEM_TYPE) === MEM_INTEGER) return integerAt(words, mem)
  if ((flags & MEM_TYPE) === MEM_REAL) return memory.doubles[mem >> 3] as number
  return (flags & MEM_TYPE) === MEM_NULL ? null : undefined
}

export function isUtf8(flags: number): boolean {
  return (flags & (MEM_TYPE | MEM_ENCODING)) === (MEM_TEXT | UTF8)
}
