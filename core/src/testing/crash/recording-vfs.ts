import { type FileOperation, FileSet } from './file-operations.ts'

/** What is used of the sqlite-wasm module to install a VFS; its own types leave the callbacks open. */
interface VfsModule {
  // biome-ignore lint/suspicious/noExplicitAny: structs and constants of the C library, by name.
  readonly capi: any
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly wasm: any
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly vfs: any
}

/**
 * A file system in memory below SQLite that keeps the list of everything done to it, so that a test can cut it at any operation.
 * One connection at a time, exclusive locking: as the leader's file in the browser.
 */
export class RecordingVfs {
  readonly name: string
  files = new FileSet()
  /** Everything done since `operations` was last emptied; null: not recorded. */
  operations: FileOperation[] | null = null
  /** Called before each operation; what it returns, other than 0, is SQLite's result code of a failure. */
  fault: ((operation: FileOperation) => number) | null = null
  readonly #open = new Map<number, string>()

  /** @param module an initialised sqlite-wasm module; a VFS can be installed once by a name */
  constructor(module: unknown, name: string) {
    this.name = name
    this.#install(module as VfsModule)
  }

  #perform(operation: FileOperation): number {
    const code = this.fault?.(operation) ?? 0
    if (code !== 0) return code
    this.operations?.push(operation)
    this.files.perform(operation)
    return 0
  }

  #install({ capi, wasm, vfs }: VfsModule): void {
    const io = new capi.sqlite3_io_methods()
    const methods = new capi.sqlite3_vfs()
    io.$iVersion = 1
    methods.$iVersion = 1
    methods.$szOsFile = capi.sqlite3_file.structInfo.sizeof
    methods.$mxPathname = 256
    methods.$zName = wasm.allocCString(this.name)
    const fileOf = (pointer: number) => this.#open.get(pointer) as string
    const heap = () => wasm.heap8u() as Uint8Array
    vfs.installVfs({
      io: {
        struct: io,
        methods: {
          xClose: (file: number) => {
            this.#open.delete(file)
            return 0
          },
          xRead: (file: number, target: number, length: number, at: bigint) => {
            const bytes = this.files.read(fileOf(file), Number(at), length)
            heap().set(bytes, target)
            if (bytes.length === length) return 0
            heap().fill(0, target + bytes.length, target + length)
            return capi.SQLITE_IOERR_SHORT_READ
          },
          xWrite: (file: number, source: number, length: number, at: bigint) =>
            this.#perform({
              type: 'write',
              file: fileOf(file),
              at: Number(at),
              bytes: heap().slice(source, source + length),
            }),
          xTruncate: (file: number, size: bigint) =>
            this.#perform({ type: 'truncate', file: fileOf(file), size: Number(size) }),
          xSync: (file: number) => this.#perform({ type: 'sync', file: fileOf(file) }),
          xFileSize: (file: number, target: number) => {
            wasm.poke64(target, BigInt(this.files.size(fileOf(file))))
            return 0
          },
          xLock: () => 0,
          xUnlock: () => 0,
          xCheckReservedLock: (_: number, target: number) => {
            wasm.poke32(target, 0)
            return 0
          },
          xFileControl: () => capi.SQLITE_NOTFOUND,
          xSectorSize: () => 512,
          xDeviceCharacteristics: () => 0,
        },
      },
      vfs: {
        struct: methods,
        methods: {
          xOpen: (_: number, name: number, file: number, flags: number, flagsOut: number) => {
            const path = name === 0 ? `temporary ${this.#open.size}` : (wasm.cstrToJs(name) as string)
            if (!this.files.has(path)) {
              const code = this.#perform({ type: 'create', file: path })
              if (code !== 0) return capi.SQLITE_CANTOPEN
            }
            this.#open.set(file, path)
            const handle = new capi.sqlite3_file(file)
            handle.$pMethods = io.pointer
            handle.dispose()
            if (flagsOut) wasm.poke32(flagsOut, flags)
            return 0
          },
          xDelete: (_: number, name: number) => this.#perform({ type: 'delete', file: wasm.cstrToJs(name) }),
          xAccess: (_: number, name: number, __: number, target: number) => {
            wasm.poke32(target, this.files.has(wasm.cstrToJs(name)) ? 1 : 0)
            return 0
          },
          xFullPathname: (_: number, name: number, length: number, target: number) =>
            wasm.cstrncpy(target, name, length) < length ? 0 : capi.SQLITE_CANTOPEN,
          xCurrentTime: (_: number, target: number) => {
            wasm.poke(target, 2_461_000.5, 'double')
            return 0
          },
          xGetLastError: () => 0,
          xRandomness: (_: number, length: number, target: number) => {
            heap().fill(7, target, target + length)
            return length
          },
          xSleep: () => 0,
        },
      },
    })
  }
}
