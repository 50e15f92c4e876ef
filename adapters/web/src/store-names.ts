/** Longest directory name that every browser takes, characters. */
const LONGEST = 120

/** What everything of one store is called in this origin: Web Locks, BroadcastChannels, OPFS directory, localStorage keys. */
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
  /** Directory of the OPFS pool. */
  readonly directory: string
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
    directory: `livefold/${directoryName(storeId)}`,
  }
}

/** Dots alone are no names; long ids are cut, with a hash that keeps them apart. */
function directoryName(storeId: string): string {
  const name = encodeURIComponent(storeId).replaceAll('.', '%2E')
  if (name.length <= LONGEST) return name
  return `${name.slice(0, LONGEST)}~${fnv1a(name)}`
}

/** 53 bits of a running hash: names that share their first characters are told apart. */
function fnv1a(text: string): string {
  let low = 0x811c9dc5
  let high = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(i), 0x5bd1e995)
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36)
}
