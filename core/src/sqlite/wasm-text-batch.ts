import type { SqlValue } from './driver.ts'
import type { Pointer } from './sqlite3.ts'
import type { WasmMemory } from './wasm-memory.ts'

/** Bytes of text before a batch must be decoded. Bounds the buffer, and what one kept slice keeps alive. */
const capacity = 64 * 1024

/** Longer texts are decoded at once, straight from SQLite's memory. */
const gatheredSize = 8 * 1024

/** Texts up to this many bytes are copied by a loop, which beats the call of `copyWithin`. */
const loopedSize = 40

/**
 * Gathers the text of many cells, decodes it by one `TextDecoder` call and cuts it into slices: a call for each cell
 * costs more than everything else about a row.
 */
export class WasmTextBatch {
  readonly #memory: WasmMemory
  readonly #buffer: Pointer
  /** Where each text ends, in bytes of the buffer. */
  readonly #ends: number[] = []
  #count = 0
  #size = 0

  constructor(memory: WasmMemory) {
    this.#memory = memory
    this.#buffer = memory.allocate(capacity)
  }

  close(): void {
    this.#memory.free(this.#buffer)
  }

  /** Hardly another text fits: `fill` first. */
  get full(): boolean {
    return this.#size > capacity - gatheredSize
  }

  /** Takes a copy of the text; undefined says that it waits for `fill`. Long text, and what does not fit, comes back decoded. */
  add(source: Pointer, size: number): string | undefined {
    if (size > gatheredSize || size > capacity - this.#size) return this.#memory.decode(source, size)
    const bytes = this.#memory.bytes
    const target = this.#buffer + this.#size
    if (size <= loopedSize) for (let at = 0; at < size; at++) bytes[target + at] = bytes[source + at] as number
    else bytes.copyWithin(target, source, source + size)
    this.#size += size
    this.#ends[this.#count++] = this.#size
    return undefined
  }

  /** Puts the waiting texts in place of the `undefined` among the cells, in order. */
  fill(cells: (SqlValue | undefined)[], length: number): void {
    if (this.#count === 0) return
    const text = this.#memory.decode(this.#buffer, this.#size)
    // Equal lengths mean that each byte became one character, so that places in bytes are places in characters.
    const ascii = text.length === this.#size
    const whole = ascii || this.#wholeCharacters(text)
    let next = 0
    let from = 0
    let start = 0
    for (let at = 0; at < length; at++) {
      if (cells[at] !== undefined) continue
      const to = this.#ends[next++] as number
      if (whole) {
        const end = start + (ascii ? to - from : this.#units(from, to))
        cells[at] = text.slice(start, end)
        start = end
      } else cells[at] = this.#memory.decode(this.#buffer + from, to - from)
      from = to
    }
    this.clear()
  }

  clear(): void {
    this.#count = 0
    this.#size = 0
  }

  /** Every text is valid UTF-8 by itself: no replacement character, and none starts within a sequence. */
  #wholeCharacters(text: string): boolean {
    if (text.includes('\ufffd')) return false
    const bytes = this.#memory.bytes
    for (let next = 0, start = 0; next < this.#count; start = this.#ends[next++] as number) {
      if (((bytes[this.#buffer + start] as number) & 0xc0) === 0x80) return false
    }
    return true
  }

  /** Length of the string that bytes of the buffer become. */
  #units(from: number, to: number): number {
    const bytes = this.#memory.bytes
    let units = 0
    for (let place = this.#buffer + from; place < this.#buffer + to; place++) {
      const byte = bytes[place] as number
      // A sequence counts at its first byte; four bytes are two UTF-16 units.
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
    }
    return units
  }
}
