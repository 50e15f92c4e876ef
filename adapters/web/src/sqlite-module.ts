import type { Sqlite3Static } from '@livefold/core/adapter'
import initSqlite from '@sqlite.org/sqlite-wasm'

type Instantiated = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void

/** What the package's own types leave out: the options of its Emscripten module. */
type Init = (options?: {
  instantiateWasm?(imports: WebAssembly.Imports, done: Instantiated): object
}) => Promise<Sqlite3Static>

export type Sqlite3 = Sqlite3Static & {
  installOpfsSAHPoolVfs(options: object): Promise<SahPool>
}

/** The part of a pool of OPFS sync access handles that the leader uses. */
export interface SahPool {
  readonly vfsName: string
  getFileNames(): string[]
  exportFile(path: string): Uint8Array
  /** Puts a database in the place of whatever has this name. */
  importDb(path: string, bytes: Uint8Array): number
  /** False where nothing has this name. */
  unlink(path: string): boolean
}

/**
 * Starts SQLite on a module that is compiled already; without one the package fetches its own.
 *
 * @param fault hears what the virtual file system ran into, of which SQLite itself keeps only a number.
 */
export async function startSqlite(
  module: WebAssembly.Module | null,
  fault: (thrown: unknown) => void = () => {},
): Promise<Sqlite3> {
  const scope = globalThis as { sqlite3ApiConfig?: object }
  scope.sqlite3ApiConfig = {
    // Virtual file systems that Livefold has no use for; one of them would start a worker of its own.
    disable: { vfs: { opfs: true, 'opfs-wl': true, kvvfs: true } },
    error: (...told: unknown[]) => fault(told.find((each) => each instanceof Error)),
  }
  const init = initSqlite as unknown as Init
  return new Promise((started, failed) => {
    const instantiateWasm = (imports: WebAssembly.Imports, done: Instantiated) => {
      WebAssembly.instantiate(module as WebAssembly.Module, imports).then(
        (instance) => done(instance, module as WebAssembly.Module),
        failed,
      )
      return {}
    }
    init(module ? { instantiateWasm } : {}).then((sqlite3) => started(sqlite3 as Sqlite3), failed)
  })
}
