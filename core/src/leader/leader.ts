import { messageOf, StoreError } from '../base/errors.ts'
import type { LeaderStatus, Wait } from '../protocol/leader-messages.ts'
import { isEnvironment } from '../replica/materialize.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import type { SyncTransport } from '../sync/transport.ts'
import { type Booted, bootFile, checkEpoch } from './boot.ts'
import type { LeaderOptions } from './leader-options.ts'
import { type LeaderParts, loadParts } from './leader-parts.ts'
import type { LeaderChannel } from './leader-session.ts'
import { LeaderState } from './leader-state.ts'
import { isConfirmation, type LeaderNews, type LeaderWork } from './leader-work.ts'
import { SessionHub } from './session-hub.ts'
import { takeSnapshot } from './snapshot.ts'
import { doesNotFit, isDamage, onSoundFile } from './sound-file.ts'
import type { Upstream } from './upstream.ts'

/** First wait before a failed transaction is tried again, ms; doubled up to `STORAGE_RETRY_MAX`. */
const STORAGE_RETRY = 100
const STORAGE_RETRY_MAX = 5_000
/** Until code that did not load is asked for again, ms. */
const LOAD_RETRY = 5_000

/**
 * Owns the persisted database of one store on one client. Sessions connect by channels; whatever they and the backend bring is
 * gathered in an inbox and drained into one transaction at a time.
 */
export class Leader {
  readonly #options: LeaderOptions & { readonly driver: SqliteDriver }
  readonly #booted: Booted
  readonly #hub: SessionHub
  /** Null: without a backend, and until its code is there. */
  #upstream: Upstream | null = null
  /** Commits (by first event) that may have reached the backend. */
  readonly #pushed: Set<string>
  #state: LeaderState
  #inbox: LeaderWork[] = []
  #scheduled = false
  #cancelRetry: (() => void) | null = null
  #cancelLoad: (() => void) | null = null
  #retryWait = STORAGE_RETRY
  #storageWait: Wait | null = null
  /** The file that this leader found was damaged: told as long as it leads. */
  readonly #damage: StoreError | null
  #error: StoreError | null = null
  /** A transaction was rolled back and the file cannot be read: the mirror is ahead of it, and nobody is answered from it. */
  #void = false
  /** A session asked for something that could not be read. */
  #unanswered = false
  #toldStatus = ''
  #image: { readonly base: number; readonly writes: number; readonly bytes: Uint8Array } | null = null
  /** Transactions so far: tells whether the cached snapshot is still true. */
  #writes = 0
  readonly #openedAt: number
  #closed = false

  /**
   * Opens the file, brings its state in line with the schema, and starts to sync.
   *
   * @param progress hears the share of a rebuild that is done, 0 … 1.
   * @throws StoreError `storage/*`; the driver is closed then.
   */
  static async open(options: LeaderOptions, progress: (done: number) => void = () => {}): Promise<Leader> {
    const pause = () => new Promise<void>((resolve) => options.clock.soon(resolve))
    return onSoundFile(options, async (driver, damage) => {
      const booted = await bootFile({ ...options, ...(damage && { keeper: undefined }), driver, progress, pause })
      return new Leader({ ...options, driver }, booted, damage)
    })
  }

  private constructor(options: LeaderOptions & { driver: SqliteDriver }, booted: Booted, damage: StoreError | null) {
    this.#options = options
    this.#damage = damage
    this.#booted = booted
    this.#openedAt = options.clock.now()
    this.#pushed = new Set()
    this.#state = this.#loadState()
    // Pending from an earlier epoch may have been pushed by its leader.
    for (const [first] of this.#state.pending) if (first) this.#pushed.add(first.id)
    const { schema, clock } = options
    this.#hub = new SessionHub({
      ...booted,
      clock,
      schemaHash: schema.hash,
      version: schema.version,
      state: () => this.#state,
      inOffice: () => this.#inOffice(),
      failed: (thrown) => this.#notAnswered(thrown),
      status: () => this.#status(),
      snapshot: () => this.#snapshot(),
      submit: (work) => this.#submit(work),
      renewToken: (token, late) => this.#upstream?.renew(token, late),
      newerVersion: (version) => options.onNewerVersion?.(version),
    })
    this.#settle()
    // Later, when the sessions that wait for this leader are connected: one of them may have to give a token.
    clock.soon(() => this.#start())
  }

  get epoch(): number {
    return this.#booted.epoch
  }

  get dbId(): string {
    return this.#booted.dbId
  }

  get clientId(): string {
    return this.#booted.clientId
  }

  /** Takes in a session; it is announced to at once. */
  connect(channel: LeaderChannel): void {
    if (this.#closed) return channel.close()
    this.#hub.connect(channel)
    if (this.#damage) channel.send({ epoch: this.epoch, message: { type: 'failed', error: this.#damage.toJSON() } })
  }

  /** Drains the inbox, then lets go of everything. Sessions find another leader. */
  close(): void {
    if (this.#closed) return
    if (this.#inbox.length > 0 && !this.#void) this.#drain()
    // The drain may have found that this leader is deposed.
    if (this.#closed) return
    this.#closed = true
    this.#cancelRetry?.()
    this.#cancelLoad?.()
    this.#upstream?.close()
    this.#hub.close()
    this.#options.driver.close()
  }

  #start(): void {
    if (this.#closed) return
    const { clock, parts } = this.#options
    if (typeof parts === 'object') return this.#complete(parts)
    loadParts(parts).then(
      (loaded) => this.#closed || this.#complete(loaded),
      (error: StoreError) => {
        if (this.#closed) return
        this.#error = error
        this.#cancelLoad = clock.after(LOAD_RETRY, () => this.#start())
        this.#tellStatus()
      },
    )
  }

  #complete(parts: LeaderParts): void {
    const { sync, development, clock } = this.#options
    if (this.#cancelLoad) this.#error = null
    try {
      if (sync) this.#upstream = this.#openUpstream(parts, sync)
    } catch (thrown) {
      this.#cancelLoad = clock.after(LOAD_RETRY, () => this.#closed || this.#complete(parts))
      return this.#failed(thrown)
    }
    this.#upstream?.connect()
    if (development && !this.#void) this.#checkReplay(parts)
  }

  #checkReplay({ replayDiffers }: LeaderParts): void {
    const { schema, openMemory } = this.#options
    let error: StoreError | null
    try {
      error = replayDiffers(this.#state, schema, openMemory)
    } catch (thrown) {
      return this.#failed(thrown)
    }
    if (!error) return
    this.#error = error
    this.#hub.broadcast({ type: 'failed', error: error.toJSON() })
    this.#tellStatus()
  }

  #loadState(): LeaderState {
    const { driver, schema, sync } = this.#options
    const { epoch, logOnly } = this.#booted
    return new LeaderState({ driver, schema, epoch, logOnly, synced: sync !== undefined, pushed: this.#pushed })
  }

  /** Brings the state up to the log it was found with; without a backend nothing stays pending. */
  #settle(): void {
    const state = this.#state
    const confirmsItself = this.#options.sync === undefined && state.backendId === null
    const ids = state.pending.flat().map((event) => event.id)
    state.apply(confirmsItself && ids.length > 0 ? [{ type: 'confirm', ids, from: state.head + 1 }] : [])
  }

  #openUpstream(parts: LeaderParts, transport: SyncTransport): Upstream {
    const { storeId, clock, random } = this.#options
    const { head, headId, backendId } = this.#state
    return new parts.Upstream({
      storeId,
      clientId: this.#booted.clientId,
      transport,
      clock,
      random,
      at: { head, headId, backendId },
      view: () => this.#state,
      submit: (work) => this.#submit(work),
      lost: () => {
        this.#inbox = this.#inbox.filter((work) => !isConfirmation(work))
      },
      pushing: (ids) => {
        for (const id of ids) if (this.#state.isPending(id)) this.#pushed.add(id)
      },
      token: (reason) => this.#hub.token(reason),
      changed: () => this.#tellStatus(),
    })
  }

  #submit(work: LeaderWork): void {
    this.#inbox.push(work)
    if (this.#scheduled || this.#closed || this.#cancelRetry) return
    this.#scheduled = true
    this.#options.clock.soon(() => {
      this.#scheduled = false
      if (!this.#closed) this.#drain()
    })
  }

  #drain(): void {
    const work = this.#inbox
    this.#inbox = []
    let news: LeaderNews
    try {
      news = this.#state.apply(work)
    } catch (thrown) {
      this.#inbox = [...work, ...this.#inbox]
      this.#void = true
      return this.#failed(thrown)
    }
    this.#writes += 1
    this.#storageWait = null
    this.#retryWait = STORAGE_RETRY
    try {
      this.#hub.tell(news)
      this.#upstream?.applied(this.#state.head, this.#state.headId)
      this.#tellStatus()
    } catch (thrown) {
      this.#failed(thrown)
    }
  }

  #notAnswered(thrown: unknown): void {
    this.#unanswered = true
    this.#failed(thrown)
  }

  /** A failure of the medium is tried again, with everything still in the inbox; being deposed is final. */
  #failed(thrown: unknown): void {
    if (!isEnvironment(thrown)) {
      const error =
        thrown instanceof StoreError
          ? thrown
          : new StoreError('leader/lost', `The leader failed: ${messageOf(thrown)}`, {
              cause: thrown,
              retry: 'restart',
            })
      this.#giveUp(error)
      return
    }
    if (doesNotFit(thrown)) return this.#rebuildNext(thrown as StoreError)
    if (isDamage(thrown)) return this.#repairNext(thrown as StoreError)
    const { clock } = this.#options
    const error = thrown as StoreError
    this.#error = error
    this.#storageWait = { code: 'storage', detail: error.message, since: this.#storageWait?.since ?? clock.now() }
    if (this.#void) this.#reload()
    const wait = this.#retryWait
    this.#retryWait = Math.min(STORAGE_RETRY_MAX, wait * 2)
    this.#cancelRetry?.()
    this.#cancelRetry = clock.after(wait, () => {
      this.#cancelRetry = null
      this.#retry()
    })
    this.#tellStatus()
  }

  /** The next leader folds the state anew. */
  #rebuildNext(cause: StoreError): void {
    const { meta } = this.#state.file
    try {
      this.#options.driver.transaction(() => {
        checkEpoch(this.#state.file, this.#booted.epoch)
        meta.set('schemaHash', '')
      })
    } catch (thrown) {
      return this.#failed(thrown)
    }
    this.#giveUp(
      new StoreError('leader/lost', 'The state tables do not fit their undo records: they are rebuilt from the log.', {
        cause,
        retry: 'restart',
      }),
    )
  }

  /** The next leader puts a new file in the place of this one. */
  #repairNext(cause: StoreError): void {
    try {
      this.#options.driver.transaction(() => {
        checkEpoch(this.#state.file, this.#booted.epoch)
        this.#state.file.meta.set('damaged', cause.message)
      })
    } catch {
      // Too damaged to say so: that shows when it is opened.
    }
    this.#giveUp(new StoreError(cause.code, cause.message, { details: cause.details, cause, retry: 'restart' }))
  }

  #retry(): void {
    if (this.#void) this.#unanswered = true
    const failure = this.#reload()
    if (failure) return this.#failed(failure)
    this.#error = null
    this.#drain()
    if (!this.#unanswered || this.#closed || this.#void) return
    // Sessions greet again, and ask again for what was not answered.
    this.#unanswered = false
    this.#hub.announce()
  }

  /** Reads the file anew; gives what kept it from that. */
  #reload(): unknown {
    try {
      this.#state = this.#loadState()
      this.#void = false
      return null
    } catch (thrown) {
      return thrown
    }
  }

  #giveUp(error: StoreError): void {
    this.#error = error
    this.#hub.broadcast({ type: 'failed', error: error.toJSON() })
    this.#inbox = []
    this.close()
    this.#options.onFailed?.(error)
  }

  /** Rule LEAD-1 for readers: a leader that finds another's epoch in the file stops at once. */
  #inOffice(): boolean {
    if (this.#closed || this.#void) return false
    try {
      checkEpoch(this.#state.file, this.#booted.epoch)
      return true
    } catch (thrown) {
      this.#notAnswered(thrown)
      return false
    }
  }

  #snapshot(): Uint8Array | null {
    const { base } = this.#state
    if (base === null) return null
    if (this.#image?.base !== base || this.#image.writes !== this.#writes) {
      const { driver, openMemory, schema } = this.#options
      this.#image = { base, writes: this.#writes, bytes: takeSnapshot(driver, openMemory, schema) }
    }
    return this.#image.bytes
  }

  #status(): LeaderStatus {
    const upstream = this.#upstream
    const head = this.#state.head
    const waits = [this.#storageWait, upstream ? upstream.wait : this.#backendWait].filter((wait) => wait !== null)
    return {
      phase: this.#closed ? 'closed' : 'ready',
      connection: upstream?.connection ?? (this.#options.sync ? 'offline' : 'none'),
      backendHead: Math.max(head, upstream?.backendHead ?? head),
      storage: this.#options.storage,
      waits,
      error: (this.#error ?? upstream?.error ?? this.#damage)?.toJSON() ?? null,
      quarantined: this.#state.quarantined,
      rebuild: null,
    }
  }

  /** The code that syncs is waited for; without a sync what is committed to a store that has had a backend waits for one. */
  get #backendWait(): Wait | null {
    const { backendId, pendingEvents } = this.#state
    if (!this.#options.sync && (backendId === null || pendingEvents === 0)) return null
    const detail = this.#options.sync
      ? 'the code that syncs, which is being loaded'
      : 'its backend: this store was opened without `sync`, and confirms nothing by itself any more'
    return { code: 'backend', detail, since: this.#openedAt }
  }

  #tellStatus(): void {
    const status = this.#status()
    // A backend head that equals ours is no news: sessions hear of ours with each advance.
    const told = JSON.stringify({
      ...status,
      backendHead: status.backendHead > this.#state.head ? status.backendHead : 0,
    })
    if (told === this.#toldStatus) return
    this.#toldStatus = told
    this.#hub.broadcast({ type: 'status', status })
  }
}
