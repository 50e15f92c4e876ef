import { DEVELOPMENT } from '../base/development.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import { loadTexts } from '../base/late-text.ts'
import type { LeaderMessage, LeaderStatus, Wait } from '../protocol/leader-messages.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { bootFile } from './boot.ts'
import type { LeaderChannel } from './guest.ts'
import type { Leader } from './leader.ts'
import type { LeaderOptions } from './leader-options.ts'
import { type LeaderParts, loadParts } from './leader-parts.ts'
import type { OpenStore } from './open-store.ts'
import { Reception } from './reception.ts'
import { onSoundFile } from './sound-file.ts'

/** The epoch of frames from before there is a leader. */
export const NO_EPOCH = 0
/** Until code that did not load is asked for again, or a file that it could not read, ms. */
const LOAD_RETRY = 5_000

/**
 * A leader from before it is open to after it is closed: sessions may connect at any time, hear how far opening and rebuilding are, and
 * why it failed. Where the leader's code comes later, a `Reception` stands in for it.
 */
export class LeaderHost {
  readonly #options: LeaderOptions
  #waiting: LeaderChannel[] | null = []
  #store: OpenStore | null = null
  #reception: Reception | null = null
  #leader: Leader | null = null
  #failure: StoreError | null = null
  /** Why the leader is not there yet. */
  #error: StoreError | null = null
  #cancelLoad: (() => void) | null = null
  #closed = false
  readonly #since: number
  /** Share of a rebuild that is done; null where none runs. */
  #rebuild: number | null = null
  /** Settles when the store is open, has failed to, or was closed before. */
  readonly opened: Promise<void>

  constructor(options: LeaderOptions) {
    this.#options = options
    this.#since = options.clock.now()
    this.opened = this.#open()
  }

  /** Null until it is open, and its code is there. */
  get leader(): Leader | null {
    return this.#leader
  }

  /** The store's file was opened, and has a new epoch. */
  get isOpen(): boolean {
    return this.#store !== null
  }

  connect(channel: LeaderChannel): void {
    if (this.#closed) return channel.close()
    const host = this.#leader ?? this.#reception
    if (host) return host.connect(channel)
    if (this.#failure) return tell(channel, { type: 'failed', error: this.#failure.toJSON() })
    this.#waiting?.push(channel)
    tell(channel, this.#status())
  }

  /** The network may have changed, or somebody looks who will not wait for a back-off: see `watchNetwork`. */
  probe(): void {
    this.#leader?.probe()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.opened
    this.#cancelLoad?.()
    this.#leader?.close()
    this.#reception?.close()
  }

  async #open(): Promise<void> {
    try {
      if (DEVELOPMENT) checkGiven(this.#options)
      await onSoundFile(this.#options, (driver, damage) => this.#use(driver, damage))
      if (this.#closed) return
      for (const channel of this.#waiting ?? []) this.connect(channel)
      if (this.#reception) this.#load()
    } catch (thrown) {
      if (this.#closed) return
      // What cannot be opened is for the app to judge; only what a new leader could better is tried again.
      const error =
        thrown instanceof StoreError
          ? final(thrown)
          : new StoreError('storage/io', `The leader could not open the store: ${messageOf(thrown)}`, { cause: thrown })
      this.#fail(error)
    } finally {
      loadTexts()
      this.#waiting = null
    }
  }

  /** @throws StoreError `storage/*` */
  async #use(driver: SqliteDriver, damage: StoreError | null): Promise<void> {
    const options = this.#options
    const { clock, keeper, parts } = options
    const booted = await bootFile({
      ...options,
      driver,
      keeper: damage ? undefined : keeper,
      pause: async () => {
        await new Promise<void>((resolve) => clock.soon(resolve))
        // Heard by `#open` alone, which then says nothing.
        if (this.#closed) throw new Error('closed')
      },
      progress: (done) => {
        this.#rebuild = done
        this.#tellAll(this.#status())
      },
    })
    const store = { ...options, ...booted, driver, damage, quarantined: booted.file.verdicts.quarantined() }
    if (typeof parts === 'object') this.#leader = new parts.Leader(store)
    else this.#reception = new Reception(store, () => this.#status())
    this.#store = store
  }

  #load(): void {
    loadParts(this.#options.parts).then(
      (parts) => this.#takeOver(parts),
      (error) => this.#notYet(error),
    )
  }

  /** The leader takes the place of the reception, and what has come for it. */
  #takeOver({ Leader, lastWord }: LeaderParts): void {
    const [store, reception] = [this.#store, this.#reception]
    if (this.#closed || !store || !reception) return
    let leader: Leader
    try {
      leader = new Leader(store, reception.guests)
    } catch (thrown) {
      const end = lastWord(thrown, store.file, store.epoch)
      if (!end) return this.#notYet(thrown as StoreError)
      reception.broadcast({ type: 'failed', error: end.toJSON() })
      reception.close()
      this.#reception = null
      return this.#fail(end)
    }
    this.#reception = null
    this.#leader = leader
    leader.receive(reception.letters)
    // Of what the attempts before may have changed nobody was told; what overflowed is sent again.
    if (this.#error || reception.overflown) leader.announce()
  }

  #notYet(error: StoreError): void {
    if (this.#closed) return
    this.#error = error
    this.#cancelLoad = this.#options.clock.after(LOAD_RETRY, () => this.#load())
    this.#reception?.broadcast(this.#status())
  }

  #fail(error: StoreError): void {
    this.#failure = error
    this.#tellAll({ type: 'failed', error: error.toJSON() })
    this.#options.onFailed?.(error)
  }

  /** While it opens, and until its leader is there. */
  #status(): LeaderMessage {
    const { sync, storage } = this.#options
    const [store, rebuild] = [this.#store, this.#rebuild]
    const status: LeaderStatus = {
      phase: store ? 'ready' : rebuild === null ? 'starting' : 'rebuilding',
      connection: sync ? 'offline' : 'none',
      backendHead: store?.file.eventlog.head ?? 0,
      storage,
      waits: this.#waits(),
      error: (this.#error ?? store?.damage)?.toJSON() ?? null,
      quarantined: store?.quarantined ?? [],
      rebuild: store ? null : rebuild,
    }
    return { type: 'status', status }
  }

  #waits(): Wait[] {
    const since = this.#since
    const error = this.#error
    if (error?.code.startsWith('storage/')) return [{ code: 'storage', detail: error.message, since }]
    if (this.#store) return [{ code: 'leader', detail: "the leader's code, which is being loaded", since }]
    if (this.#rebuild === null) return []
    return [{ code: 'rebuild', detail: 'the state to be folded anew from the log', since }]
  }

  #tellAll(message: LeaderMessage): void {
    for (const channel of this.#waiting ?? []) tell(channel, message)
  }
}

function tell(channel: LeaderChannel, message: LeaderMessage): void {
  channel.send({ epoch: NO_EPOCH, message })
}

function final(error: StoreError): StoreError {
  if (error.retry === 'restart' || error.retry === 'no') return error
  return new StoreError(error.code, error.message, { details: error.details, cause: error })
}

/** What types tell already, for those who have none. */
function checkGiven({ schema, sync }: LeaderOptions): void {
  const transport = sync === undefined || typeof sync?.connect === 'function'
  if (!transport || !(schema?.tables instanceof Map)) throw new StoreError('schema/invalid', misgiven(transport))
}

/** A function, so that what development alone says has no entry among the texts of production. */
function misgiven(transport: boolean): string {
  const what = transport
    ? 'no schema that defineSchema made'
    : 'something else than a transport as `sync`: give what webSocketSync({ url }), httpSync({ url }) or memoryBackend() returns'
  return `The leader of this store was given ${what}.`
}
