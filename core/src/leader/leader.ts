import { DEVELOPMENT } from '../base/development.ts'
import type { StoreError } from '../base/errors.ts'
import type { LeaderStatus, Wait } from '../protocol/leader-messages.ts'
import type { SyncTransport } from '../sync/transport.ts'
import { checkEpoch } from './boot.ts'
import type { Guest, LeaderChannel } from './guest.ts'
import { lastWord } from './last-word.ts'
import { LeaderState } from './leader-state.ts'
import { isConfirmation, type LeaderNews, type LeaderWork } from './leader-work.ts'
import type { OpenStore } from './open-store.ts'
import type { Letter } from './reception.ts'
import { replayDiffers } from './replay-check.ts'
import { SessionHub } from './session-hub.ts'
import { takeSnapshot } from './snapshot.ts'
import { Upstream } from './upstream.ts'

/** First wait before a failed transaction is tried again, ms; doubled up to `STORAGE_RETRY_MAX`. */
const STORAGE_RETRY = 100
const STORAGE_RETRY_MAX = 5_000
/** Until a log whose end could not be read is asked again where to sync from, ms. */
const START_RETRY = 5_000

/**
 * Owns the persisted database of one store on one client. Sessions connect by channels; whatever they and the backend bring is
 * gathered in an inbox and drained into one transaction at a time.
 */
export class Leader {
  readonly #options: OpenStore
  readonly #hub: SessionHub
  /** Null: without a backend, and until the sessions that wait for this leader are connected. */
  #upstream: Upstream | null = null
  /** Commits (by first event) that may have reached the backend. */
  readonly #pushed: Set<string>
  #state: LeaderState
  #inbox: LeaderWork[] = []
  #scheduled = false
  #cancelRetry: (() => void) | null = null
  #cancelStart: (() => void) | null = null
  #retryWait = STORAGE_RETRY
  #storageWait: Wait | null = null
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
   * Takes over an open store, and those who were here before.
   *
   * @throws StoreError `storage/*` when the file cannot be read or written, `leader/lost` when it has another leader by now. Nothing is
   *   taken over then.
   */
  constructor(options: OpenStore, guests: Iterable<Guest> = []) {
    this.#options = options
    this.#openedAt = options.clock.now()
    this.#pushed = new Set()
    this.#state = this.#loadState()
    // Pending from an earlier epoch may have been pushed by its leader.
    for (const [first] of this.#state.pending) if (first) this.#pushed.add(first.id)
    this.#hub = new SessionHub({
      ...options,
      state: () => this.#state,
      inOffice: () => this.#inOffice(),
      failed: (thrown) => this.#notAnswered(thrown),
      status: () => this.#status(),
      snapshot: () => this.#snapshot(),
      submit: (work) => this.#submit(work),
      renewToken: (token, late) => this.#upstream?.renew(token, late),
    })
    const news = this.#settle()
    for (const guest of guests) this.#hub.takeIn(guest)
    if (news.confirmed.length + news.rejected.length + news.quarantined.length > 0) this.#hub.tell(news)
    // Later, when the sessions that wait for this leader are connected: one of them may have to give a token.
    options.clock.soon(() => this.#start())
  }

  get epoch(): number {
    return this.#options.epoch
  }

  get clientId(): string {
    return this.#options.clientId
  }

  /** Takes in a session; it is announced to at once. */
  connect(channel: LeaderChannel): void {
    if (this.#closed) return channel.close()
    this.#hub.connect(channel)
    const { damage } = this.#options
    if (damage) channel.send({ epoch: this.epoch, message: { type: 'failed', error: damage.toJSON() } })
  }

  /** What came before this leader was there; to be called before anything newer can come. */
  receive(letters: readonly Letter[]): void {
    this.#tellStatus()
    this.#hub.receive(letters)
  }

  /** Asks all sessions to greet again. */
  announce(): void {
    this.#hub.announce()
  }

  /** The network may have changed, or somebody looks: see `Upstream.probe`. */
  probe(): void {
    this.#upstream?.probe()
  }

  /** Drains the inbox, then lets go of everything. Sessions find another leader. */
  close(): void {
    if (this.#closed) return
    if (this.#inbox.length > 0 && !this.#void) this.#drain()
    // The drain may have found that this leader is deposed.
    if (this.#closed) return
    this.#closed = true
    this.#cancelRetry?.()
    this.#cancelStart?.()
    this.#upstream?.close()
    this.#hub.close()
    this.#options.driver.close()
  }

  #start(): void {
    if (this.#closed) return
    const { sync, development, clock } = this.#options
    try {
      if (sync) this.#upstream = this.#openUpstream(sync)
    } catch (thrown) {
      this.#cancelStart = clock.after(START_RETRY, () => this.#start())
      return this.#failed(thrown)
    }
    this.#upstream?.connect()
    if (DEVELOPMENT && development && !this.#void) this.#checkReplay()
  }

  #checkReplay(): void {
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
    const { driver, schema, sync, epoch, logOnly } = this.#options
    return new LeaderState({ driver, schema, epoch, logOnly, synced: sync !== undefined, pushed: this.#pushed })
  }

  /** Brings the state up to the log it was found with; without a backend nothing stays pending. */
  #settle(): LeaderNews {
    const state = this.#state
    const confirmsItself = this.#options.sync === undefined && state.backendId === null
    const ids = state.pending.flat().map((event) => event.id)
    return state.apply(confirmsItself && ids.length > 0 ? [{ type: 'confirm', ids, from: state.head + 1 }] : [])
  }

  #openUpstream(transport: SyncTransport): Upstream {
    const { head, headId, backendId } = this.#state
    return new Upstream({
      ...this.#options,
      transport,
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

  /** A failure of the medium is tried again, with everything still in the inbox. */
  #failed(thrown: unknown): void {
    const end = lastWord(thrown, this.#state.file, this.epoch)
    if (end) return this.#giveUp(end)
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
      checkEpoch(this.#state.file, this.epoch)
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
      error: (this.#error ?? upstream?.error ?? this.#options.damage)?.toJSON() ?? null,
      quarantined: this.#state.quarantined,
      rebuild: null,
    }
  }

  /** Before the first attempt to connect; without a sync what is committed to a store that has had a backend waits for one. */
  get #backendWait(): Wait | null {
    const { backendId, pendingEvents } = this.#state
    if (!this.#options.sync && (backendId === null || pendingEvents === 0)) return null
    const detail = this.#options.sync
      ? 'the first attempt to connect'
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
