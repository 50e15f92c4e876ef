import type { DemoRepository } from './demo-repository.ts'
import { commitState, countFiles } from './fold-state.ts'
import { importHistory } from './import-history.ts'
import { type HistoryStore, openStore } from './open-store.ts'
import { subjectOf } from './schema.ts'
import { synced, until } from './sync-wait.ts'
import type { ClientView } from './view.ts'

export interface DemoClientOptions {
  readonly name: string
  readonly storeId: string
  readonly data: string
  readonly url: string
}

const RATE_MS = 1_000

/** One client of the live view: imports its half of the history, and receives the other's. */
export class DemoClient {
  readonly store: HistoryStore
  readonly #name: string
  /** Heads of the last second, oldest first. */
  #heads: { readonly at: number; readonly head: number }[] = []

  private constructor(name: string, store: HistoryStore) {
    this.#name = name
    this.store = store
  }

  static async open({ name, storeId, data, url }: DemoClientOptions): Promise<DemoClient> {
    const { store } = await openStore({ storeId, data, server: { url, transport: 'ws' }, worker: true })
    return new DemoClient(name, store)
  }

  /** Resolves when the history is whole here: the own half confirmed, the other one received. */
  async fold(repository: DemoRepository, only: 'odd' | 'even', signal: AbortSignal): Promise<void> {
    const { directory, tip, commits } = repository
    await importHistory(this.store, { directory, tip, limit: Number.POSITIVE_INFINITY, only, signal })
    await until(this.store, signal, () => {
      return synced(this.store) && commitState(this.store).complete >= commits
    })
  }

  view(now: number): ClientView {
    const { connection, leader, pending, upstreamHead, backendHead } = this.store.status
    const { complete, last } = commitState(this.store)
    return {
      name: this.#name,
      connection: connection.peek(),
      leader: String(leader.peek()),
      pending: pending.peek(),
      upstreamHead: upstreamHead.peek(),
      backendHead: backendHead.peek(),
      commits: complete,
      files: countFiles(this.store),
      rate: this.#rate(now, upstreamHead.peek()),
      subject: this.store.query(subjectOf(last))[0]?.subject ?? '',
    }
  }

  #rate(now: number, head: number): number {
    this.#heads.push({ at: now, head })
    while (this.#heads.length > 2 && now - (this.#heads[1]?.at ?? now) >= RATE_MS) this.#heads.shift()
    const first = this.#heads[0] ?? { at: now, head }
    return now === first.at ? 0 : Math.round(((head - first.head) * 1_000) / (now - first.at))
  }
}
