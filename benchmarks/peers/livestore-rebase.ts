import { makeAdapter } from '@livestore/adapter-node'
import { createStorePromise } from '@livestore/livestore'
import { Effect, Option, Queue, Stream, SubscriptionRef } from '@livestore/utils/effect'
import type { RebaseClient } from '../src/suite/contestant.ts'
import type { Change, Item } from '../src/work/item.ts'
import { eventOf, items, schema } from './livestore-schema.ts'

/** An event as LiveStore's backends give it: named, encoded, at its place in the global order. */
interface Confirmed {
  readonly name: string
  readonly args: unknown
  readonly seqNum: number
  readonly parentSeqNum: number
  readonly clientId: string
  readonly sessionId: string
}

/** A backend that takes what is pushed until it holds, and then has bursts of others. */
class Backend {
  readonly #log: Confirmed[] = []
  readonly #pages = Effect.runSync(Queue.unbounded<readonly Confirmed[]>())
  #holds = false

  get head(): number {
    return this.#log.length
  }

  /** From now on a push waits for ever: what is committed stays pending. */
  hold(): void {
    this.#holds = true
  }

  /** Makes ready the changes as events of another client, behind all that is there; the result sends them in one page. */
  burst(changes: readonly Change[]): () => void {
    const page = changes.map((change, i) => {
      const seqNum = this.head + i + 1
      return { ...encoded(change), seqNum, parentSeqNum: seqNum - 1, clientId: 'others', sessionId: 'others' }
    })
    return () => this.#append(page)
  }

  readonly make = () =>
    Effect.map(SubscriptionRef.make(true), (isConnected) => ({
      isConnected,
      connect: Effect.void,
      ping: Effect.void,
      push: (batch: readonly Confirmed[]) => (this.#holds ? Effect.never : Effect.sync(() => this.#append(batch))),
      pull: (cursor: { value?: { eventSequenceNumber: number } }, options?: { live?: boolean }) => {
        const held = Stream.make(pageOf(this.#log.slice(cursor.value?.eventSequenceNumber ?? 0)))
        return options?.live ? Stream.concat(held, Stream.map(Stream.fromQueue(this.#pages), pageOf)) : held
      },
      metadata: { name: 'bursts', description: 'Bursts of others' },
      supports: { pullPageInfoKnown: true, pullLive: true },
    }))

  #append(page: readonly Confirmed[]): void {
    this.#log.push(...page)
    this.#pages.unsafeOffer(page)
  }
}

function encoded(change: Change): { name: string; args: unknown } {
  const { name, args } = eventOf(change) as { name: string; args: unknown }
  return { name, args }
}

function pageOf(events: readonly Confirmed[]) {
  return {
    batch: events.map((eventEncoded) => ({ eventEncoded, metadata: Option.none() })),
    pageInfo: { _tag: 'NoMore' as const },
  }
}

const FILL = 1_000
let stores = 0

/** Session and leader in memory, in one thread: what is measured is the rebase of both, as far as the session. */
export async function openRebase(filled: readonly Item[], pending: readonly Change[]): Promise<RebaseClient> {
  const backend = new Backend()
  const sync = { backend: backend.make as never, onSyncError: 'shutdown' as const }
  const adapter = makeAdapter({ storage: { type: 'in-memory' }, sync })
  const store = await createStorePromise({ adapter, schema, storeId: `rebase-${stores++}` })

  async function reached(head: number): Promise<void> {
    while (Number.parseInt(store.syncStatus().upstreamHead.slice(1), 10) < head) await nextTurn()
  }

  for (let i = 0; i < filled.length; i += FILL) {
    store.commit(...filled.slice(i, i + FILL).map((item) => eventOf({ kind: 'add', item })))
    await reached(Math.min(i + FILL, filled.length))
  }
  backend.hold()
  for (const change of pending) store.commit(eventOf(change))
  return {
    burst(upstream) {
      const send = backend.burst(upstream)
      const added = [lastAdded(upstream), lastAdded(pending)].filter((id) => id !== undefined)
      return async () => {
        send()
        await reached(backend.head)
        // Its heads move before its tables do, and what is pending is applied last.
        while (!added.every((id) => store.query(items.where({ id }).first({ behaviour: 'undefined' }))))
          await nextTurn()
      }
    },
    items: () => store.query(items) as readonly Item[],
    close: () => store.shutdownPromise(),
  }
}

function lastAdded(changes: readonly Change[]): string | undefined {
  for (let i = changes.length - 1; i >= 0; i--) {
    const change = changes[i] as Change
    if (change.kind === 'add') return change.item.id
  }
  return undefined
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
