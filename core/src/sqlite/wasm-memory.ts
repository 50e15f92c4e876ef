import { invariant } from '../base/assert.ts'
import { StoreError } from '../base/errors.ts'
import type { Pointer, Sqlite3Exports, Sqlite3Static } from './sqlite3.ts'

const encoder = new TextEncoder()

/** Decodes as stored: a byte order mark is a character like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Views of the module's memory and the small copies in and out of it. */
export class WasmMemory {
  readonly #memory: { readonly buffer: ArrayBuffer }
  readonly #exports: Sqlite3Exports
  #bytes = new Uint8Array(0)
  #words = new Int32Array(0)
  #doubles = new Float64Array(0)

  constructor(sqlite3: Sqlite3Static) {
    this.#exports = sqlite3.wasm.exports as Sqlite3Exports
    const exported = sqlite3.wasm.exports as { readonly memory?: unknown }
    const memory = sqlite3.wasm.memory ?? exported.memory
    invariant(
      typeof memory === 'object' && memory !== null && 'buffer' in memory && memory.buffer instanceof ArrayBuffer,
      'sqlite3.wasm.memory is not a WebAssembly.Memory',
    )
    this.#memory = memory as { readonly buffer: ArrayBuffer }
  }

  /** The memory as bytes. Growth detaches a view (its length becomes 0): take it anew after anything that may allocate. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#memory.buffer)
    return this.#bytes
  }

  /** The memory as 32-bit words; see `bytes`. */
  get words(): Int32Array<ArrayBuffer> {
    if (this.#words.length === 0) this.#words = new Int32Array(this.#memory.buffer)
    return this.#words
  }

  /** The memory as doubles; see `bytes`. */
  get doubles(): Float64Array<ArrayBuffer> {
    if (this.#doubles.length === 0) this.#doubles = new Float64Array(this.#memory.buffer)
    return this.#doubles
  }

  /** The unsigned word at an address: where C functions leave pointers and sizes. */
  word(address: Pointer): number {
    return (this.words[address >> 2] as number) >>> 0
  }

  /** Memory from SQLite's allocator; give it back with `free`. */
  allocate(size: number): Pointer {
    const pointer = this.#exports.sqlite3_malloc64(BigInt(Math.max(size, 1)))
    if (pointer === 0) {
      throw new StoreError('storage/io', `No memory for ${size} bytes in SQLite's heap; close something`, {
        details: { bytes: size },
        retry: 'restart',
      })
    }
    return pointer >>> 0
  }

  free(pointer: Pointer): void {
    this.#exports.sqlite3_free(pointer)
  }

  /** A copy of bytes in wasm memory; the caller frees it. */
  copyIn(bytes: Uint8Array): Pointer {
    const pointer = this.allocate(bytes.length)
    this.bytes.set(bytes, pointer)
    return pointer
  }

  copyOut(pointer: Pointer, size: number): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(pointer, pointer + size)
  }

  /** Calls with a NUL-terminated copy of a string, which lives as long as the call. */
  withText<T>(text: string, run: (pointer: Pointer, size: number) => T): T {
    const capacity = text.length * 3 + 1
    const pointer = this.allocate(capacity)
    try {
      const size = this.encode(text, pointer, capacity - 1)
      this.bytes[pointer + size] = 0
      return run(pointer, size)
    } finally {
      this.free(pointer)
    }
  }

  /** Writes a string as UTF-8 at an address with room for `capacity` bytes; gives its size. */
  encode(text: string, address: Pointer, capacity: number): number {
    return encoder.encodeInto(text, this.bytes.subarray(address, address + capacity)).written
  }

  decode(address: Pointer, size: number): string {
    return decoder.decode(this.bytes.subarray(address, address + size))
  }

  /** Like `decode`, faster for a few ASCII characters. */
  shortText(address: Pointer, size: number): string {
    if (size > 16) return this.decode(address, size)
    const bytes = this.bytes
    const end = address + size
    let text = ''
    let at = address
    // Four at a time: each addition makes another string.
    for (; at + 4 <= end; at += 4) {
      const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] as [number, number, number, number]
      if ((a | b | c | d) > 0x7f) return this.decode(address, size)
      text += String.fromCharCode(a, b, c, d)
    }
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (byte > 0x7f) return this.decode(address, size)
      text += String.fromCharCode(byte)
    }
    return text
  }

  /** A NUL-terminated string; null for the null pointer. */
  text(address: Pointer): string | null {
    if (address === 0) return null
    const bytes = this.bytes
    const start = address >>> 0
    return this.shortText(start, bytes.indexOf(0, start) - start)
  }
}
