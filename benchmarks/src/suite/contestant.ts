import type { Change, Item } from '../work/item.ts'
import type { Figure } from './row.ts'

/** Peers may need a turn for what others do at once; rows wait where they are given a promise. */
export type Eventually<T> = T | Promise<T>

/** Reads from a database in memory that holds some items. */
export interface Reader {
  /** One item by key, as an app asks for it the first time: nothing about this key is kept ready. */
  read(id: string): Eventually<Item | undefined>
  /** The same read, made ready as far as the contestant can; the first call is not measured. */
  reader(id: string): () => Eventually<Item | undefined>
  /** The newest 100 items of a list from before a moment. */
  page(listId: string, before: number): Eventually<readonly Item[]>
  close(): Eventually<void>
}

/** An app's client in memory. */
export interface Client extends Reader {
  /** One atomic commit. Reads see it when this returns. */
  commit(changes: readonly Change[]): Eventually<void>
  /** What commits left to do later is done: delivered, acknowledged, confirmed. */
  settled(): Eventually<void>
  /** Tells every new value of one item, not the one it has now. Returns the end of it. */
  watch(id: string, told: (item: Item | undefined) => void): () => void
  /** Makes ready to watch many items; the result reads and watches all of them at once, and gives the end of it. */
  mount?(ids: readonly string[], told: () => void): () => () => void
  /** The newest 100 items of a list from before a moment, kept current. */
  watchPage?(listId: string, before: number, told: (items: readonly Item[]) => void): () => void
  /** All items made after a moment in the order of their titles, read once. */
  byTitle?(after: number): Eventually<readonly Item[]>
  /** All items in the order of their titles, kept current. */
  sorted?(): LiveList
  /** How many items are done, or the sum of their ranks, kept current: tells every new value. */
  watchTotal?(which: Total, told: (value: number) => void): () => void
  /** How often queries were brought up to date so far, by a run or otherwise. */
  runs?(): number
  /** What SQLite holds of its WebAssembly memory. */
  sqliteBytes?(): number
}

export type Total = 'count' | 'sum'

export interface LiveList {
  /** Calls `told` after each change. */
  subscribe(told: () => void): () => void
  /** How many items the last change touched: took out, put in, moved or gave another value. */
  changed(): number
  current(): readonly Item[]
}

/** A client with commits of its own that wait for their place in the global order. */
export interface RebaseClient {
  /** Makes ready the arrival of foreign commits that go before the pending ones; calling the result is what is measured. */
  burst(upstream: readonly Change[]): () => Eventually<void>
  /** All items by key, to compare contestants by. */
  items(): readonly Item[]
  /** Materializers run so far. */
  materialized?(): number
  close(): Eventually<void>
}

/** The durable side: a log and its state in one file. */
export interface Journal {
  /** Makes ready one transaction that logs and applies each change as a commit of its own; calling it returns when durable. */
  write(changes: readonly Change[]): () => void
  close(): Eventually<void>
}

/** A file of a log and its state that was closed in order. */
export interface StoredLog {
  /** Opens it, reads one item, and closes it. */
  boot(id: string): Promise<Opened>
  /** The same on a copy of it, with state folded anew from the whole log. */
  rebuild(id: string): Promise<Opened>
}

export interface Opened {
  readonly item: Item | undefined
  /** From the call that opens to the item that was read, ms. */
  readonly ms: number
  /** In a page: the longest that it could not answer meanwhile, ms. */
  readonly stallMs?: number
}

/** Two tabs of one browser. */
export interface Tabs {
  /** Says or commits something; resolves when the other tab has said that it came. */
  roundTrip(): Promise<void>
  /** Nothing of it is under way any more. */
  settled(): Eventually<void>
  close(): Eventually<void>
}

/** Writers that put events into logs of a server, with full durability. */
export interface Writers {
  /** Every writer adds `events` events; resolves when the last is acknowledged. */
  round(events: number): Eventually<void>
  figures?(): Promise<readonly Figure[]>
  close(): Eventually<void>
}

/** Who takes part. What a contestant cannot do it leaves out, and the rows of that part are without it. */
export interface Contestant {
  readonly name: string
  /** Finds the rows of a read and gives none of them: a yardstick, no client. */
  readonly stepsOnly?: boolean
  openReader?(items: readonly Item[]): Promise<Reader>
  openClient?(items: readonly Item[]): Promise<Client>
  openRebase?(items: readonly Item[], pending: readonly Change[]): Promise<RebaseClient>
  /** `synced`: with a backend that confirms; else the leader is on its own. */
  openJournal?(directory: string, options: { readonly synced: boolean }): Promise<Journal>
  openDiskRebase?(directory: string, items: readonly Item[], pending: readonly Change[]): Promise<RebaseClient>
  store?(directory: string, changes: readonly Change[]): Promise<StoredLog>
  /** `leading`: the tab that measures has the leader. */
  openTabs?(options: { readonly leading: boolean }): Promise<Tabs>
  openWriters?(directory: string, options: { readonly writers: number; readonly stores: number }): Promise<Writers>
}
