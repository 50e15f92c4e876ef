/** What everything of one store is called in this origin: Web Locks, BroadcastChannels, localStorage keys. */
export interface StoreNames {
  readonly storeId: string
  /** Lock of the worker that leads. */
  readonly leader: string
  /** Channel on which sessions and candidates show themselves to the leader. */
  readonly lobby: string
  /** Prefix of a session's name: of its lock, which it holds while it lives, and of its channel. */
  readonly session: string
  /** Prefix of the lock that a candidate holds; its schema version follows. */
  readonly candidate: string
  /** Prefix of the keys under which sessions leave un-acked commits. */
  readonly leftover: string
  /** Key of the client's name: it outlives a database that is lost, or was never kept. */
  readonly client: string
}

export function storeNames(storeId: string): StoreNames {
  const prefix = `livefold:${encodeURIComponent(storeId)}`
  return {
    storeId,
    leader: `${prefix}:leader`,
    lobby: `${prefix}:lobby`,
    session: `${prefix}:session:`,
    candidate: `${prefix}:candidate:`,
    leftover: `${prefix}:leftover:`,
    client: `${prefix}:client`,
  }
}
