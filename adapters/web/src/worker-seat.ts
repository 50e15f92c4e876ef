import { type Clock, StoreError, type StoreErrorData } from '@livefold/core/adapter'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** A worker that does not say in this time that its code runs is started once more, ms. Now and then a browser loses one. */
const START_TIMEOUT = 5_000
/** First wait before a leader that failed is replaced, ms; doubled up to `RESTART_MAX`. */
const RESTART_FIRST = 100
const RESTART_MAX = 5_000
/** A worker that lived this long was sound, ms: its failure is the first of its kind. */
const SOUND = 10_000
/** Longest wait for a worker to close its leader before it is ended anyway, ms. */
const CLOSE_TIMEOUT = 2_000

export interface WorkerSeatOptions {
  /** Makes the app's worker. */
  readonly start: () => Worker
  readonly message: Extract<ToWorker, { type: 'start' }>
  readonly module: Promise<WebAssembly.Module | null>
  readonly clock: Clock
  /** This tab's worker leads, or does so no more. */
  readonly leading: (leading: boolean) => void
  /** The second worker takes long as well; it may come yet. */
  readonly late: (error: StoreError) => void
  /** No worker could be started: another tab may lead yet. */
  readonly failed: (error: StoreError) => void
}

/** A tab's worker, its candidate for leader: started, replaced when it is over, ended while the page is frozen. */
export class WorkerSeat {
  readonly #options: WorkerSeatOptions
  #worker: Worker | null = null
  #alive = false
  #leading = false
  #retried = false
  /** Told that none could be started. */
  #told = false
  #startedAt = 0
  #wait = RESTART_FIRST
  #cancel: (() => void) | null = null
  #closed: (() => void) | null = null

  constructor(options: WorkerSeatOptions) {
    this.#options = options
  }

  /** Does nothing while a worker is there. */
  open(): void {
    if (this.#worker || this.#closed) return
    this.#cancel?.()
    this.#cancel = null
    let worker: Worker
    try {
      worker = this.#options.start()
    } catch (thrown) {
      return this.#options.failed(startError(String(thrown)))
    }
    this.#worker = worker
    this.#alive = false
    this.#startedAt = this.#options.clock.monotonic()
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => worker === this.#worker && this.#heard(data)
    worker.onerror = (event) => {
      if (worker === this.#worker && !this.#alive) this.#dead(event.message || 'its script does not load')
    }
    worker.postMessage(this.#options.message)
    void this.#options.module.then((module) => giveModule(worker, module))
    this.#cancel = this.#options.clock.after(START_TIMEOUT, () => this.#late())
  }

  /** At once: a worker that is asked in words is frozen before it hears them, with the lock and the files in its hands. */
  terminate(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#worker?.terminate()
    this.#worker = null
    if (!this.#leading) return
    this.#leading = false
    this.#options.leading(false)
  }

  async close(): Promise<void> {
    const worker = this.#worker
    if (worker && this.#alive) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(CLOSE_TIMEOUT, resolve)
        this.#closed = () => {
          cancel()
          resolve()
        }
        worker.postMessage({ type: 'close' } satisfies ToWorker)
      })
    }
    this.#closed ??= () => {}
    this.terminate()
  }

  #heard(message: FromWorker): void {
    switch (message.type) {
      case 'alive':
        this.#alive = true
        performance.mark('livefold:worker')
        this.#retried = false
        this.#told = false
        this.#cancel?.()
        this.#cancel = null
        return
      case 'leading':
        this.#leading = true
        return this.#options.leading(true)
      case 'closed':
        return this.#closed?.()
      case 'over':
        return this.#over(message.error)
    }
  }

  #over(error: StoreErrorData | null): void {
    this.terminate()
    if (this.#closed) return this.#closed()
    if (this.#options.clock.monotonic() - this.#startedAt > SOUND) this.#wait = RESTART_FIRST
    const wait = error === null ? 0 : this.#wait
    if (error) this.#wait = Math.min(RESTART_MAX, wait * 2)
    this.#cancel = this.#options.clock.after(wait, () => this.open())
  }

  #late(): void {
    // The second one may take its time, since on a slow line the script is still on its way; but the app hears of it.
    if (this.#retried) return this.#options.late(startError(`it has not answered for ${(2 * START_TIMEOUT) / 1_000} s`))
    this.#retried = true
    this.terminate()
    this.open()
  }

  #dead(why: string): void {
    const retry = !this.#retried
    this.#retried = true
    this.terminate()
    if (retry) return this.open()
    // The page may be offline, where no script is had that the browser does not keep.
    this.#cancel = this.#options.clock.after(RESTART_MAX, () => this.open())
    if (this.#told) return
    this.#told = true
    this.#options.failed(startError(why))
  }
}

function giveModule(worker: Worker, module: WebAssembly.Module | null): void {
  try {
    worker.postMessage({ type: 'module', module } satisfies ToWorker)
  } catch {
    // Not every browser lets a module pass: the worker loads its own.
    worker.postMessage({ type: 'module', module: null } satisfies ToWorker)
  }
}

function startError(why: string): StoreError {
  return new StoreError(
    'leader/lost',
    `The leader worker did not start (${why}). Check the file given to webAdapter({ worker }), and the Content-Security-Policy.`,
    { retry: 'restart' },
  )
}
