import {
  type AnySchema,
  type Clock,
  LeaderHost,
  type LeaderMessage,
  type LeaderParts,
  messageOf,
  openWasmFile,
  type Random,
  StoreError,
  type StoreErrorData,
  type SyncTransport,
} from '@livefold/core/adapter'
import { LeaderLines } from './leader-lines.ts'
import type { OpfsState } from './opfs-state.ts'
import { type OpfsFile, openOpfs, opfsIsThere } from './opfs-storage.ts'
import type { Sqlite3 } from './sqlite-module.ts'
import type { StoreNames } from './store-names.ts'
import type { Durability, StorageChoice } from './worker-messages.ts'

export interface TermOptions {
  readonly names: StoreNames
  readonly schema: AnySchema
  readonly sync?: SyncTransport | undefined
  readonly storage: StorageChoice
  readonly durability: Durability
  readonly clientId: string
  readonly development: boolean
  /** Starts SQLite; `fault` hears what its file system runs into. */
  readonly sqlite: (fault: (thrown: unknown) => void) => Promise<Sqlite3>
  readonly clock: Clock
  readonly random: Random
  /** Asked for as soon as there is a worker; what was loaded once is there. */
  readonly parts: () => Promise<LeaderParts>
  /** It has the lock, and sessions will follow it. */
  readonly leading: () => void
  /** A newer version of the app stands for election. */
  readonly newerWaits: () => Promise<boolean>
}

/** One leader in office, from the moment it has the lock. */
export class Term {
  readonly #options: TermOptions
  readonly #lines: LeaderLines
  #host: LeaderHost | null = null
  #end!: (error: StoreErrorData | null) => void
  #closing: Promise<void> | null = null
  #parts: LeaderParts | null = null
  /** Resolves when it is over and all is closed: with what ended it, or null when it was asked to end, or made way. */
  readonly ended: Promise<StoreErrorData | null>

  constructor(options: TermOptions) {
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#lines = new LeaderLines(options.names, (version) => this.#newer(version))
    void this.#open()
  }

  /** Drains what has arrived, closes the file, and ends. */
  close(): Promise<void> {
    this.#closing ??= this.#close(null)
    return this.#closing
  }

  async #open(): Promise<void> {
    const { names, schema, sync, clock, random, sqlite } = this.#options
    try {
      // At once, so that sessions get their lines while SQLite loads.
      const [sqlite3, state] = await Promise.all([
        sqlite((thrown) => this.#lines.heard(thrown)),
        this.#storageState(),
        this.#lines.gather(),
      ])
      const persisted = state !== null
      const parts = () => this.#parts
      const { driver, keeper }: Partial<OpfsFile> & Pick<OpfsFile, 'driver'> = persisted
        ? await openOpfs({ sqlite3, names, durability: this.#options.durability, clock, state, parts })
        : { driver: openWasmFile(sqlite3, ':memory:', { parts }) }
      if (this.#closing) return driver instanceof StoreError ? undefined : driver.close()
      this.#host = new LeaderHost({
        storeId: names.storeId,
        schema,
        driver,
        keeper,
        openMemory: () => openWasmFile(sqlite3, ':memory:', { parts }),
        clock,
        random,
        clientId: this.#options.clientId,
        development: this.#options.development,
        storage: persisted ? 'persisted' : 'memory',
        sync,
        parts: async () => {
          this.#parts = await this.#options.parts()
          return this.#parts
        },
        onNewerVersion: (version) => this.#newer(version),
        onFailed: (error) => this.#failed(error),
      })
      this.#lines.lead(this.#host)
      this.#options.leading()
      // Where this does not succeed, the next leader tries.
      if (state?.mark) this.#host.opened.then(() => (this.#host?.isOpen ? state.mark?.() : undefined)).catch(() => {})
    } catch (thrown) {
      const error =
        thrown instanceof StoreError
          ? thrown
          : new StoreError('storage/io', `Store ${names.storeId} could not be opened: ${messageOf(thrown)}`, {
              retry: 'restart',
            })
      const message: LeaderMessage = { type: 'failed', error: error.toJSON() }
      this.#lines.tell(message)
      this.#failed(error)
    }
  }

  /** Of the files that are there; null where nothing is persisted. */
  async #storageState(): Promise<OpfsState | null> {
    const persisted = this.#options.storage === 'opfs' && (await opfsIsThere())
    if (!persisted) return null
    // While SQLite loads. Where it cannot be had the store is opened all the same.
    const loaded = await import('./opfs-check.ts').catch(() => null)
    return loaded?.checkOpfs(this.#options.names) ?? {}
  }

  /** What another try could better ends the term; the rest is told to every session that comes. */
  #failed(error: StoreError): void {
    if (this.#closing || error.retry === 'no') return
    this.#closing = this.#close(error.toJSON())
  }

  #newer(version: number): void {
    if (version <= this.#options.schema.version) return
    void this.#options.newerWaits().then((waits) => {
      if (waits) void this.close()
    })
  }

  async #close(error: StoreErrorData | null): Promise<void> {
    await this.#host?.close()
    this.#lines.close()
    this.#end(error)
  }
}
