import { type Clock, DEVELOPMENT, type StoreErrorData } from '@livefold/core/adapter'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** A worker that does not say in this time that its code runs is late, ms. Now and then a browser loses one. */
export const START_TIMEOUT = 5_000
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
}

/** What is wrong with a tab's worker: none could be started, it is late, or it is over. */
export type Trouble =
  | { readonly type: 'dead'; readonly why: string }
  | { readonly type: 'late' }
  | { readonly type: 'over'; readonly error: StoreErrorData | null }

/** Who puts another worker in the place of one that is in trouble. */
export interface SeatDoctor {
  /** A worker's code runs. */
  alive(): void
  treat(trouble: Trouble): void
}

/** A tab's worker, its candidate for leader: started, and ended while the page is frozen. What it runs into waits for a doctor. */
export class WorkerSeat {
  readonly #options: WorkerSeatOptions
  #worker: Worker | null = null
  #alive = false
  #leading = false
  #startedAt = 0
  #doctor: SeatDoctor | null = null
  #trouble: Trouble | null = null
  #cancel: (() => void) | null = null
  #closed: (() => void) | null = null

  constructor(options: WorkerSeatOptions) {
    this.#options = options
  }

  /** How long the worker has been there, ms. */
  get age(): number {
    return this.#options.clock.monotonic() - this.#startedAt
  }

  /** Does nothing while a worker is there. */
  open(): void {
    if (this.#worker || this.#closed) return
    this.#rest()
    let worker: Worker
    try {
      worker = this.#options.start()
      if (DEVELOPMENT) checkWorker(worker)
    } catch (thrown) {
      return this.#suffer({ type: 'dead', why: String(thrown) })
    }
    this.#worker = worker
    this.#alive = false
    this.#startedAt = this.#options.clock.monotonic()
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => worker === this.#worker && this.#heard(data)
    worker.onerror = (event) => {
      if (worker !== this.#worker || this.#alive) return
      this.terminate()
      this.#suffer({ type: 'dead', why: event.message || 'its script does not load' })
    }
    worker.postMessage(this.#options.message)
    void this.#options.module.then((module) => giveModule(worker, module))
    this.#cancel = this.#options.clock.after(START_TIMEOUT, () => this.#suffer({ type: 'late' }))
  }

  openIn(ms: number): void {
    this.#cancel = this.#options.clock.after(ms, () => this.open())
  }

  /** At once: a worker that is asked in words is frozen before it hears them, with the lock and the files in its hands. */
  terminate(): void {
    this.#rest()
    this.#worker?.terminate()
    this.#worker = null
    if (!this.#leading) return
    this.#leading = false
    this.#options.leading(false)
  }

  /** From now on there is somebody to care for it. */
  set doctor(doctor: SeatDoctor) {
    this.#doctor = doctor
    if (this.#trouble) this.#suffer(this.#trouble)
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
        this.#rest()
        return this.#doctor?.alive()
      case 'leading':
        this.#leading = true
        return this.#options.leading(true)
      case 'closed':
        return this.#closed?.()
      case 'over':
        this.terminate()
        if (this.#closed) return this.#closed()
        this.#suffer(message)
    }
  }

  #suffer(trouble: Trouble): void {
    this.#trouble = trouble
    this.#doctor?.treat(trouble)
  }

  /** Nothing is wrong, and nothing waited for. */
  #rest(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#trouble = null
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

/** @throws Error, which is told as any other that making the worker throws */
function checkWorker(worker: unknown): void {
  if (typeof (worker as Worker | undefined)?.postMessage === 'function') return
  throw new Error("the function gave no worker: have it return new Worker(new URL(…), { type: 'module' })")
}
