import { StoreError } from '../base/errors.ts'
import type { EventRecord } from '../protocol/event-record.ts'
import type { Identity } from './authorize.ts'
import type { LogStore } from './log-store.ts'

/** Ids remembered as the identity's own; with more, the log is asked again. */
const REMEMBERED = 1_000

/**
 * Whose the client and session ids in one connection's pushes are: nobody writes under another's name. One identity has as many
 * as it likes, since each boot makes a new session, and lost storage a new client.
 */
export class Claims {
  readonly #log: LogStore
  readonly #storeId: string
  readonly #own = new Set<string>()
  #owner = ''

  constructor(log: LogStore, storeId: string) {
    this.#log = log
    this.#storeId = storeId
  }

  /** Binds to `identity` what is nobody's yet. @throws StoreError sync/forbidden for an id that is another's */
  async require({ id: owner }: Identity, commits: readonly (readonly EventRecord[])[]): Promise<void> {
    if (owner !== this.#owner || this.#own.size > REMEMBERED) this.#own.clear()
    this.#owner = owner
    const ids = new Set<string>()
    for (const commit of commits) {
      // A commit is of one client and one session.
      const { clientId, sessionId } = commit[0] as EventRecord
      for (const id of [clientId, sessionId]) if (!this.#own.has(id)) ids.add(id)
    }
    if (ids.size === 0) return
    const taken = await this.#log.claim(this.#storeId, [...ids], owner)
    if (taken !== null) {
      throw new StoreError(
        'sync/forbidden',
        `These commits were made under "${taken}", which another user has used in store "${this.#storeId}". Sign in as that user, or give each user a store of their own on this client.`,
      )
    }
    for (const id of ids) this.#own.add(id)
  }
}
