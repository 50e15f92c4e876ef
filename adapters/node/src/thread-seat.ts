import { MessageChannel, type Worker } from 'node:worker_threads'
import {
  type Frame,
  type LeaderMessage,
  type SessionMessage,
  StoreError,
  type StoreErrorData,
} from '@livefold/core/adapter'
import { type LeaderSeat, RestartWait, type SessionRelay, tellFailure } from './leader-seat.ts'
import type { Durability } from './open-leader.ts'
import { PortChannel } from './port-channel.ts'
import type { StoreLocation } from './store-location.ts'
import type { FromLeaderThread, ToLeaderThread } from './worker-messages.ts'

/** Longest wait for a thread to close its leader before it is terminated, ms. */
const CLOSE_TIMEOUT = 5_000
/** Threads that may end before they lead; then starting another is no use. */
const MAX_STILLBORN = 2

/** A leader in a worker_thread. A thread that ends unasked is started again. */
export class ThreadSeat implements LeaderSeat {
  readonly #start: () => Worker
  readonly #location: StoreLocation
  readonly #durability: Durability
  readonly #relays = new Set<SessionRelay>()
  #worker: Worker
  readonly #wait = new RestartWait()
  #restart: NodeJS.Timeout | null = null
  #failure: StoreErrorData | null = null
  #closing = false
  /** Threads in a row that ended before they called `runLeaderWorker`, and what the last one threw. */
  #stillborn = 0
  #lastError = 'it ended without an error'

  constructor(start: () => Worker, location: StoreLocation, durability: Durability) {
    this.#start = start
    this.#location = location
    this.#durability = durability
    this.#worker = this.#open()
  }

  join(relay: SessionRelay): void {
    this.#relays.add(relay)
    if (this.#failure) tellFailure(relay, this.#failure)
    else this.#lead(relay)
  }

  leave(relay: SessionRelay): void {
    this.#relays.delete(relay)
  }

  async close(): Promise<void> {
    this.#closing = true
    if (this.#restart) clearTimeout(this.#restart)
    const worker = this.#worker
    // It has opened nothing yet.
    if (this.#stillborn > 0) return void (await worker.terminate())
    const closed = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve())
      worker.on('message', (message: FromLeaderThread) => message.type === 'closed' && resolve())
    })
    const timeout = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT)
    this.#post({ type: 'close' })
    if (worker.threadId !== -1) await closed
    clearTimeout(timeout)
    await worker.terminate()
  }

  #open(): Worker {
    const worker = this.#start()
    if (typeof worker?.postMessage !== 'function') throw noWorker()
    this.#wait.started()
    worker.on('message', (message: FromLeaderThread) => this.#heard(worker, message))
    // An uncaught error ends the thread: `exit` follows, and starts the next.
    worker.on('error', (error: Error) => {
      this.#lastError = error.message
      process.emitWarning(
        `The leader thread of store ${this.#location.storeId} ended and is started again: ${error.message}`,
      )
    })
    this.#stillborn += 1
    worker.once('exit', () => this.#ended(worker))
    const { storeId, database, lock } = this.#location
    worker.postMessage({
      type: 'open',
      location: { storeId, database, lock },
      durability: this.#durability,
    } satisfies ToLeaderThread)
    return worker
  }

  #post(message: ToLeaderThread, transfer: MessageChannel['port1'][] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #lead(relay: SessionRelay): void {
    const { port1, port2 } = new MessageChannel()
    relay.use(new PortChannel<Frame<SessionMessage>, Frame<LeaderMessage>>(port1))
    this.#post({ type: 'connect', port: port2 }, [port2])
  }

  #heard(worker: Worker, message: FromLeaderThread): void {
    if (message.type === 'listening') this.#stillborn = 0
    if (message.type !== 'failed' || worker !== this.#worker) return
    const error = StoreError.from(message.error)
    if (error.retry === 'restart') void worker.terminate()
    else this.#fail(message.error)
  }

  /** Nothing a new thread could do better: sessions are told. */
  #fail(error: StoreErrorData): void {
    this.#failure = error
    for (const relay of this.#relays) tellFailure(relay, error)
  }

  #ended(worker: Worker): void {
    if (this.#closing || worker !== this.#worker || this.#failure) return
    if (this.#stillborn >= MAX_STILLBORN)
      return this.#fail(cannotStart(this.#location.storeId, this.#lastError).toJSON())
    for (const relay of this.#relays) relay.drop()
    this.#restart = setTimeout(() => {
      this.#restart = null
      this.#worker = this.#open()
      for (const relay of this.#relays) this.#lead(relay)
    }, this.#wait.next())
  }
}

function cannotStart(storeId: string, why: string): StoreError {
  return new StoreError(
    'leader/lost',
    `The leader thread of store ${storeId} ends before it leads: ${why}. Check the file that \`worker\` starts; it has to call runLeaderWorker.`,
    { details: { storeId } },
  )
}

function noWorker(): StoreError {
  return new StoreError(
    'leader/lost',
    'nodeAdapter({ worker }) gave no worker: have the function return new Worker(new URL(…, import.meta.url)).',
  )
}
