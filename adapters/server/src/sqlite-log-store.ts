import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ConfirmedEvent, EventId, EventRecord } from '@livefold/core/adapter'
import { hostRandom, StoreError, sameEvent } from '@livefold/core/adapter'
import { type AppendResult, argsTexts, type LogHead, type LogStore } from '@livefold/core/server'
import { type LogFile, openLogFile } from './log-file.ts'
import { LogTables } from './log-tables.ts'
import { isDuplicate, isEnvironmental, storageError } from './storage-error.ts'

export interface SqliteLogStoreOptions {
  /** Path of the database file; made when missing, its directory is not. `:memory:` keeps nothing. */
  readonly file: string
}

/** Events of one transaction, about: a longer group would hold up the event loop for too long. */
const GROUP_EVENTS = 20_000

interface Append {
  readonly storeId: string
  readonly after: number
  readonly afterId: EventId | null
  readonly events: readonly EventRecord[]
  resolve(result: AppendResult): void
  reject(error: StoreError): void
}

type Outcome = { readonly result: AppendResult } | { readonly error: StoreError }

/**
 * The embedded log: one SQLite file for all stores of a server, synced at every commit. Appends that arrive together or during a sync, of
 * whatever connections and stores, share one transaction and one sync of the disk.
 *
 * @throws StoreError `storage/locked` when another process has the file open, `storage/version`, `storage/corrupt` or
 * `storage/io` when it cannot be used
 * @example
 * const log = sqliteLogStore({ file: './data/log.db' })
 */
export function sqliteLogStore(options: SqliteLogStoreOptions): LogStore {
  const { file } = options
  return new SqliteLogStore(
    file,
    openLogFile(file, () => hostRandom(globalThis).id()),
  )
}

/**
 * What was committed and is not synced yet is neither read nor told: loss of power may take it back, and no client may have seen it then.
 * Meanwhile appends wait for the transaction after it.
 */
export class SqliteLogStore implements LogStore {
  readonly #path: string
  readonly #file: LogFile
  readonly #database: DatabaseSync
  readonly #tables: LogTables
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #savepoint: StatementSync
  readonly #release: StatementSync
  readonly #watchers = new Map<string, Set<(head: LogHead) => void>>()
  #queue: Append[] = []
  #scheduled: NodeJS.Immediate | null = null
  /** The sync under way, and the stores that it is for. */
  #syncing: Promise<void> | null = null
  readonly #unsynced = new Set<string>()
  readonly #syncs = new Set<Promise<void>>()
  /** A sync failed: nothing tells whether what was committed is on the disk. */
  #doubtful = false
  #closed = false

  constructor(path: string, file: LogFile) {
    this.#path = path
    this.#file = file
    this.#database = this.#file.database
    this.#tables = new LogTables(this.#database)
    this.#begin = this.#database.prepare('BEGIN IMMEDIATE')
    this.#commit = this.#database.prepare('COMMIT')
    this.#savepoint = this.#database.prepare('SAVEPOINT attempt')
    this.#release = this.#database.prepare('RELEASE attempt')
  }

  async backendId(): Promise<string> {
    return this.#file.backendId
  }

  head(storeId: string): Promise<LogHead> {
    return this.#read(storeId, { seq: 0, id: null }, (store) => this.#head(store))
  }

  read(storeId: string, after: number, limit: number, bytes = Number.POSITIVE_INFINITY): Promise<ConfirmedEvent[]> {
    return this.#read(storeId, [], (store) => this.#tables.read(store, after, limit, bytes))
  }

  find(storeId: string, ids: readonly EventId[]): Promise<(number | null)[]> {
    const unknown = ids.map(() => null)
    return this.#read<(number | null)[]>(storeId, unknown, (store) => ids.map((id) => this.#tables.seqById(store, id)))
  }

  holds(storeId: string, seq: number, id: EventId | null): Promise<boolean> {
    const atStart = seq === 0 && id === null
    return this.#read(storeId, atStart, (store) => atStart || (id !== null && this.#tables.idBySeq(store, seq) === id))
  }

  async claim(storeId: string, ids: readonly string[], owner: string): Promise<string | null> {
    if (this.#closed) throw this.#closedError()
    try {
      this.#makeSure()
      const known = this.#tables.store(storeId)
      const owners = ids.map((id) => (known === null ? null : this.#tables.ownerOf(known, id)))
      const taken = ids.find((_, i) => owners[i] !== null && owners[i] !== owner)
      const free = ids.filter((_, i) => owners[i] === null)
      if (taken !== undefined || free.length === 0) return taken ?? null
      this.#begin.run()
      const store = known ?? this.#tables.addStore(storeId)
      for (const id of new Set(free)) this.#tables.own(store, id, owner)
      this.#commit.run()
      await this.#sync()
      return null
    } catch (thrown) {
      this.#rollback()
      throw storageError(this.#path, thrown)
    }
  }

  append(
    storeId: string,
    after: number,
    afterId: EventId | null,
    events: readonly EventRecord[],
  ): Promise<AppendResult> {
    if (this.#closed) return Promise.reject(this.#closedError())
    return new Promise((resolve, reject) => {
      this.#queue.push({ storeId, after, afterId, events, resolve, reject })
      this.#schedule()
    })
  }

  watch(storeId: string, changed: (head: LogHead) => void): () => void {
    const watchers = this.#watchers.get(storeId) ?? new Set()
    // Wrapped: the same function may watch twice.
    const watcher = (head: LogHead) => changed(head)
    this.#watchers.set(storeId, watchers.add(watcher))
    return () => {
      watchers.delete(watcher)
      if (watchers.size === 0 && this.#watchers.get(storeId) === watchers) this.#watchers.delete(storeId)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#scheduled) clearImmediate(this.#scheduled)
    while (this.#queue.length > 0 || this.#syncing) {
      if (this.#syncing) await this.#syncing
      else this.#drain()
    }
    // Those of claims: a handle is not closed under a sync.
    await Promise.allSettled(this.#syncs)
    this.#watchers.clear()
    this.#file.close()
  }

  /** Reads run between transactions, never within one: `#drain` does not yield. */
  async #read<T>(storeId: string, unknown: T, read: (store: number) => T): Promise<T> {
    while (this.#unsynced.has(storeId)) await this.#syncing
    if (this.#closed) throw this.#closedError()
    try {
      this.#makeSure()
      const store = this.#tables.store(storeId)
      return store === null ? unknown : read(store)
    } catch (thrown) {
      throw storageError(this.#path, thrown)
    }
  }

  #schedule(): void {
    if (this.#syncing) return
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = null
      this.#drain()
      if (this.#queue.length > 0) this.#schedule()
    })
  }

  #drain(): void {
    const group = this.#takeGroup()
    const outcomes: Outcome[] = []
    try {
      this.#makeSure()
      this.#begin.run()
      for (const append of group) outcomes.push(this.#attempt(append))
      this.#commit.run()
    } catch (thrown) {
      this.#rollback()
      const error = storageError(this.#path, thrown)
      for (const append of group) append.reject(error)
      return
    }
    const appended = group.filter((_, i) => wasAppended(outcomes[i] as Outcome))
    if (appended.length === 0) settleAll(group, outcomes)
    else this.#syncing = this.#settleSynced(group, outcomes, appended)
  }

  async #settleSynced(group: Append[], outcomes: Outcome[], appended: Append[]): Promise<void> {
    for (const { storeId } of appended) this.#unsynced.add(storeId)
    let failed: StoreError | null = null
    try {
      await this.#sync()
    } catch (thrown) {
      failed = storageError(this.#path, thrown)
    }
    this.#syncing = null
    this.#unsynced.clear()
    if (failed) for (const append of group) append.reject(failed)
    else settleAll(group, outcomes)
    // After a failure too: the events are in the log, and are told once a reader finds that they are there to stay.
    for (const append of appended) this.#announce(append)
    if (this.#queue.length > 0 && !this.#closed) this.#schedule()
  }

  async #sync(): Promise<void> {
    const sync = this.#file.sync()
    this.#syncs.add(sync)
    try {
      await sync
    } catch (thrown) {
      this.#doubtful = true
      throw thrown
    } finally {
      this.#syncs.delete(sync)
    }
  }

  /**
   * After a failed sync: copies all that the write-ahead log holds to its place in the database, and syncs that. Until this succeeds nothing is read
   * or appended.
   */
  #makeSure(): void {
    if (!this.#doubtful) return
    const found = this.#database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()
    if (found?.log !== found?.checkpointed)
      throw new Error('a sync of it failed, and another program holds up the next')
    this.#doubtful = false
  }

  #takeGroup(): Append[] {
    let events = 0
    let count = 0
    while (count < this.#queue.length && events < GROUP_EVENTS) events += (this.#queue[count++] as Append).events.length
    return this.#queue.splice(0, count)
  }

  /**
   * One append within the group's transaction. What is wrong with it alone is its own outcome, not the group's. Ids come before
   * the compare-and-set (DESIGN §10); where that agrees it goes first all the same, for the index of ids refuses what is known.
   */
  #attempt(append: Append): Outcome {
    const { storeId, after, afterId } = append
    const head = this.#head(this.#tables.store(storeId))
    if (head.seq !== after || head.id !== afterId) return { result: this.#refusal(append, head) }
    this.#savepoint.run()
    try {
      const seqs = this.#insert(append)
      this.#release.run()
      return { result: { kind: 'appended', seqs } }
    } catch (thrown) {
      if (isEnvironmental(thrown)) throw thrown
      this.#database.exec('ROLLBACK TO attempt; RELEASE attempt')
      this.#tables.rolledBack()
      return isDuplicate(thrown) ? { result: this.#refusal(append, head) } : { error: storageError(this.#path, thrown) }
    }
  }

  #head(store: number | null): LogHead {
    return store === null ? { seq: 0, id: null } : this.#tables.head(store)
  }

  /** Why these events were not appended, as their ids tell. */
  #refusal({ storeId, events }: Append, head: LogHead): AppendResult {
    const store = this.#tables.store(storeId)
    const found = events.map((event) => (store === null ? null : this.#tables.byId(store, event.id)))
    const ids = new Set<EventId>()
    for (const [i, event] of events.entries()) {
      const known = found[i]
      if (ids.has(event.id) || (known && !sameEvent(known, event))) return { kind: 'conflict', eventId: event.id }
      ids.add(event.id)
    }
    const seqs = found.flatMap((known) => known?.seq ?? [])
    return seqs.length === events.length ? { kind: 'known', seqs } : { kind: 'behind', head }
  }

  #insert({ storeId, after, events }: Append): number[] {
    const store = this.#tables.store(storeId) ?? this.#tables.addStore(storeId)
    const args = argsTexts(events)
    return events.map((event, i) => {
      const seq = after + 1 + i
      this.#tables.insert(store, seq, event, args[i] as string)
      return seq
    })
  }

  #announce({ storeId, after, events }: Append): void {
    const head = { seq: after + events.length, id: (events.at(-1) as EventRecord).id }
    for (const changed of this.#watchers.get(storeId) ?? []) {
      try {
        changed(head)
      } catch (thrown) {
        // The listener's bug, not the log's: it surfaces as uncaught and stops no other listener.
        queueMicrotask(() => {
          throw thrown
        })
      }
    }
  }

  #rollback(): void {
    this.#tables.rolledBack()
    // SQLite may have rolled back by itself; failing to is the same failure, already on its way to the callers.
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    } catch {}
  }

  #closedError(): StoreError {
    return new StoreError('store/closed', `The event log ${this.#path} was used after close().`)
  }
}

function wasAppended(outcome: Outcome): boolean {
  return 'result' in outcome && outcome.result.kind === 'appended'
}

function settleAll(group: readonly Append[], outcomes: readonly Outcome[]): void {
  for (const [i, append] of group.entries()) {
    const outcome = outcomes[i] as Outcome
    if ('error' in outcome) append.reject(outcome.error)
    else append.resolve(outcome.result)
  }
}
