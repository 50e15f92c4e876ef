/**
 * The files of a pool of sync access handles, as sqlite-wasm keeps them (of the version that is pinned): a name and a digest of it in
 * the first `CONTENT` bytes, then the content. The pool itself empties a file whose name it cannot read.
 */
const CONTENT = 4096
const FLAGS = 512
const DIGEST = 516
const DIGEST_END = 524
/** Set in the flags of a name whose digest is one. */
const DIGESTED = 0x80
const MAGIC_LENGTH = 16
const DATABASE_MAGIC = 'SQLite format 3\0'
const WAL_MAGIC = [0x377f0682, 0x377f0683]

/** A file of the pool. */
export interface Slot {
  readonly handle: FileSystemFileHandle
  /** Null where the pool sees no name, and would empty the file. */
  readonly path: string | null
  /** Of the content, bytes. */
  readonly size: number
  /** What the content begins like. */
  readonly kind: 'database' | 'wal' | null
}

export async function readSlots(pool: FileSystemDirectoryHandle): Promise<Slot[]> {
  const slots: Promise<Slot>[] = []
  for await (const handle of pool.values()) {
    if (handle.kind === 'file') slots.push(readSlot(handle as FileSystemFileHandle))
  }
  return Promise.all(slots)
}

/** What the pool has to find in front of a content, to know it by this name. */
export function slotHeader(path: string, flags: number): Uint8Array {
  const header = new Uint8Array(DIGEST_END)
  const view = new DataView(header.buffer)
  new TextEncoder().encodeInto(path, header)
  view.setUint32(FLAGS, flags | DIGESTED)
  header.set(digestOf(header), DIGEST)
  return header
}

async function readSlot(handle: FileSystemFileHandle): Promise<Slot> {
  const file = await handle.getFile()
  const bytes = new Uint8Array(await file.slice(0, CONTENT + MAGIC_LENGTH).arrayBuffer())
  const size = Math.max(0, file.size - CONTENT)
  const content = new DataView(bytes.buffer, Math.min(CONTENT, bytes.length))
  return { handle, path: pathOf(bytes), size, kind: kindOf(content) }
}

function pathOf(bytes: Uint8Array): string | null {
  if (bytes.length < DIGEST_END) return null
  const digested = ((bytes[FLAGS + 3] ?? 0) & DIGESTED) !== 0
  const digest = digested ? digestOf(bytes) : new Uint8Array(DIGEST_END - DIGEST)
  if (!digest.every((byte, i) => byte === bytes[DIGEST + i])) return null
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))) || null
}

function kindOf(content: DataView): Slot['kind'] {
  if (content.byteLength < MAGIC_LENGTH) return null
  if (WAL_MAGIC.includes(content.getUint32(0))) return 'wal'
  const text = String.fromCharCode(...new Uint8Array(content.buffer, content.byteOffset, MAGIC_LENGTH))
  return text === DATABASE_MAGIC ? 'database' : null
}

/** Over name and flags. */
function digestOf(header: Uint8Array): Uint8Array {
  let [first, second] = [0xdeadbeef, 0x41c6ce57]
  for (const byte of header.subarray(0, DIGEST)) {
    first = Math.imul(first ^ byte, 2654435761)
    second = Math.imul(second ^ byte, 104729)
  }
  return new Uint8Array(new Uint32Array([first, second]).buffer)
}
