import type { Clock, StoreErrorData } from '@livefold/core/adapter'
import type { StoreNames } from './store-names.ts'
import { Term, type TermOptions } from './term.ts'
import type { LobbyMessage } from './worker-messages.ts'

/** Before a candidate that stepped back for a newer one queues again, ms: the newer one queues meanwhile. */
const STEP_BACK = 20

export interface CandidateOptions extends Omit<TermOptions, 'newerWaits'> {
  readonly names: StoreNames
  readonly clock: Clock
  /** It led, and does so no more. `null`: it made way for a newer version of the app. */
  readonly over: (error: StoreErrorData | null) => void
}

/**
 * A worker that stands for election: it waits for the leader's lock, leads for one term, and is done. What it holds (lock,
 * handles, memory) the end of its worker gives back for certain.
 */
export class Candidate {
  readonly #options: CandidateOptions
  readonly #stop = new AbortController()
  #term: Term | null = null

  constructor(options: CandidateOptions) {
    this.#options = options
    void this.#stand()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#term?.close()
  }

  async #stand(): Promise<void> {
    const { names, schema, over, clock } = this.#options
    // Held until the worker ends: shows that this version waits, or leads. Whoever hears of the candidate looks for it.
    await new Promise<void>((held) => {
      void navigator.locks.request(names.candidate + schema.version, { mode: 'shared' }, () => {
        held()
        return new Promise(() => {})
      })
    })
    const lobby = new BroadcastChannel(names.lobby)
    lobby.postMessage({ type: 'candidate', version: schema.version } satisfies LobbyMessage)
    lobby.close()
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        const end = await navigator.locks.request(names.leader, { signal }, () => this.#serve())
        if (end !== 'step-back') return over(end)
      } catch (thrown) {
        if (signal.aborted) return
        throw thrown
      }
      await new Promise<void>((resolve) => clock.after(STEP_BACK, resolve))
    }
  }

  /** What ended the term, or `step-back` when a newer version waits in the queue behind. */
  async #serve(): Promise<StoreErrorData | null | 'step-back'> {
    const newerWaits = () => newerCandidateWaits(this.#options.names, this.#options.schema.version)
    if (await newerWaits()) return 'step-back'
    if (this.#stop.signal.aborted) return null
    this.#term = new Term({ ...this.#options, newerWaits })
    return this.#term.ended
  }
}

async function newerCandidateWaits({ candidate }: StoreNames, version: number): Promise<boolean> {
  const { held = [] } = await navigator.locks.query()
  return held.some(({ name }) => name?.startsWith(candidate) && Number(name.slice(candidate.length)) > version)
}
