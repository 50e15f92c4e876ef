/** One call of SQLite on its files that changes what a disk would hold. */
export type FileOperation =
  | { readonly type: 'write'; readonly file: string; readonly at: number; readonly bytes: Uint8Array }
  | { readonly type: 'truncate'; readonly file: string; readonly size: number }
  /** What was done to this file before is on the platter, once this returns. */
  | { readonly type: 'sync'; readonly file: string }
  | { readonly type: 'create'; readonly file: string }
  | { readonly type: 'delete'; readonly file: string }

/** Hard disks and SSDs write sectors whole, or not; 512 is the smallest there is. */
const SECTOR = 512

/** Files by name, as bytes that grow. */
export class FileSet {
  readonly #files = new Map<string, { bytes: Uint8Array; size: number }>()

  has(file: string): boolean {
    return this.#files.has(file)
  }

  size(file: string): number {
    return this.#files.get(file)?.size ?? 0
  }

  /** A view: not to be kept. */
  read(file: string, at: number, length: number): Uint8Array {
    const there = this.#files.get(file)
    if (!there) return new Uint8Array(0)
    return there.bytes.subarray(Math.min(at, there.size), Math.min(at + length, there.size))
  }

  perform(operation: FileOperation): void {
    const { file } = operation
    switch (operation.type) {
      case 'create':
        if (!this.#files.has(file)) this.#files.set(file, { bytes: new Uint8Array(0), size: 0 })
        return
      case 'delete':
        this.#files.delete(file)
        return
      case 'truncate': {
        const there = this.#room(file, operation.size)
        if (operation.size < there.size) there.bytes.fill(0, operation.size, there.size)
        there.size = operation.size
        return
      }
      case 'write': {
        const end = operation.at + operation.bytes.length
        const there = this.#room(file, end)
        there.bytes.set(operation.bytes, operation.at)
        there.size = Math.max(there.size, end)
      }
    }
  }

  copy(): FileSet {
    const copy = new FileSet()
    for (const [file, { bytes, size }] of this.#files) copy.#files.set(file, { bytes: bytes.slice(0, size), size })
    return copy
  }

  #room(file: string, size: number): { bytes: Uint8Array; size: number } {
    const there = this.#files.get(file) ?? { bytes: new Uint8Array(0), size: 0 }
    this.#files.set(file, there)
    if (there.bytes.length < size) {
      const bytes = new Uint8Array(Math.max(size, 2 * there.bytes.length))
      bytes.set(there.bytes)
      there.bytes = bytes
    }
    return there
  }
}

/** What a write leaves when the power goes: each sector new or old, as `keep` decides. */
export function tornWrites(operation: FileOperation, keep: () => boolean): FileOperation[] {
  if (operation.type !== 'write') return keep() ? [operation] : []
  const parts: FileOperation[] = []
  const end = operation.at + operation.bytes.length
  for (let at = operation.at; at < end; ) {
    const next = Math.min(end, (Math.floor(at / SECTOR) + 1) * SECTOR)
    if (keep()) {
      const bytes = operation.bytes.subarray(at - operation.at, next - operation.at)
      parts.push({ type: 'write', file: operation.file, at, bytes })
    }
    at = next
  }
  return parts
}
