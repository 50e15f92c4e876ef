import type { Frame, LeaderHost, LeaderMessage } from '@livefold/core/adapter'
import { LeaderLine } from './leader-line.ts'
import type { StorageFault } from './storage-fault.ts'
import type { StoreNames } from './store-names.ts'
import type { LobbyMessage } from './worker-messages.ts'

/** Epoch of frames from before there is a leader. */
const NO_EPOCH = 0

/**
 * The lines of a leader in office: of each session that holds its lock when the leader is elected, and of each that shows itself
 * in the lobby later. A line ends when the lock of its session falls free.
 */
export class LeaderLines {
  readonly #names: StoreNames
  readonly #lobby: BroadcastChannel
  readonly #lines = new Map<string, { readonly line: LeaderLine; readonly stop: AbortController }>()
  /** Imported when the medium is first blamed. */
  #fault: StorageFault | null = null
  #thrown: unknown = null
  readonly #onCandidate: (version: number) => void
  #host: LeaderHost | null = null
  #lastStatus: Frame<LeaderMessage> | null = null
  #notice: LeaderMessage | null = null

  /** `onCandidate` hears the schema version of each worker that stands for election. */
  constructor(names: StoreNames, onCandidate: (version: number) => void) {
    this.#names = names
    this.#onCandidate = onCandidate
    // Before the locks are looked at: a session takes its lock first, then shows itself.
    this.#lobby = new BroadcastChannel(names.lobby)
    this.#lobby.onmessage = ({ data }: MessageEvent<LobbyMessage>) => {
      if (data.type === 'here') this.#enter(data.line)
      else if (data.type === 'probe') this.#host?.probe()
      else this.#onCandidate(data.version)
    }
  }

  /** Finds the sessions that were there before. */
  async gather(): Promise<void> {
    const prefix = this.#names.session
    const { held = [] } = await navigator.locks.query()
    for (const { name } of held) {
      if (name?.startsWith(prefix) && !this.#lines.has(name.slice(prefix.length)))
        this.#enter(name.slice(prefix.length))
    }
  }

  /** What the file system threw: it may explain what the leader says. */
  heard(thrown: unknown): void {
    this.#thrown = thrown
    this.#fault?.heard(thrown)
  }

  /** From now on sessions are led. */
  lead(host: LeaderHost): void {
    this.#host = host
    this.#notice = null
    for (const { line } of this.#lines.values()) host.connect(line)
  }

  /** For all sessions, now and to come, until there is a leader. */
  tell(message: LeaderMessage): void {
    this.#notice = message
    for (const { line } of this.#lines.values()) line.send({ epoch: NO_EPOCH, message })
  }

  close(): void {
    this.#lobby.close()
    for (const { line, stop } of this.#lines.values()) {
      stop.abort()
      line.close()
    }
    this.#lines.clear()
  }

  /** A session that comes a second time may have missed what was said to it: it starts over on a new line. */
  #enter(id: string): void {
    const before = this.#lines.get(id)
    before?.stop.abort()
    before?.line.lost()
    const line = new LeaderLine(this.#names.session + id, (frame) => this.#explain(frame))
    const stop = new AbortController()
    this.#lines.set(id, { line, stop })
    if (this.#host) this.#host.connect(line)
    else if (this.#notice) line.send({ epoch: NO_EPOCH, message: this.#notice })
    void this.#untilGone(id, line, stop)
  }

  async #untilGone(id: string, line: LeaderLine, stop: AbortController): Promise<void> {
    try {
      await navigator.locks.request(this.#names.session + id, { signal: stop.signal }, () => {})
    } catch {
      // This line was given up first.
      return
    }
    if (this.#lines.get(id)?.line === line) this.#lines.delete(id)
    line.lost()
  }

  #explain(frame: Frame<LeaderMessage>): Frame<LeaderMessage> {
    const { message } = frame
    if (message.type === 'status') {
      this.#lastStatus = frame
      if (!this.#fault && message.status.error?.code === 'storage/io') void this.#loadFault()
    }
    return this.#fault?.explain(frame) ?? frame
  }

  async #loadFault(): Promise<void> {
    const loaded = await import('./storage-fault.ts').catch(() => null)
    if (!loaded || this.#fault) return
    this.#fault = new loaded.StorageFault(this.#names.storeId, () => this.#tellStatusAgain())
    this.#fault.heard(this.#thrown)
    this.#tellStatusAgain()
  }

  #tellStatusAgain(): void {
    if (this.#lastStatus) for (const { line } of this.#lines.values()) line.send(this.#lastStatus)
  }
}
