import type { Journal, RebaseClient } from '../suite/contestant.ts'
import type { Change, Item } from '../work/item.ts'
import { EventSource } from './event-source.ts'
import { LoneLeader } from './lone-leader.ts'

/** With a backend, `write` is both transactions of an event's life: durable as pending, then confirmed. */
export async function openLivefoldJournal(directory: string, options: { readonly synced: boolean }): Promise<Journal> {
  const leader = await LoneLeader.open(directory, options)
  const session = new EventSource('session000000000')
  return {
    write(changes) {
      const events = session.events(changes)
      return () => {
        leader.commit(events)
        leader.backend?.confirm()
      }
    },
    close: () => leader.close(),
  }
}

/** Pending commits come one by one, as an app makes them; others' come in one page. */
export async function openLivefoldDiskRebase(
  directory: string,
  items: readonly Item[],
  pending: readonly Change[],
): Promise<RebaseClient> {
  const leader = await LoneLeader.open(directory, { synced: true })
  const { backend } = leader
  if (!backend) throw new Error('A rebase needs a backend.')
  const session = new EventSource('session000000000')
  const others = new EventSource('foreign000000000')
  leader.commit(session.events(items.map((item) => ({ kind: 'add', item }))))
  backend.confirm()
  for (const event of session.events(pending)) leader.commit([event])
  return {
    burst(upstream) {
      const events = others.confirmed(upstream, backend.head)
      backend.head += events.length
      const text = backend.page(events, backend.head)
      return () => leader.receive(text)
    },
    items: () =>
      leader.driver
        .prepare('SELECT id, listId, title, done, rank, createdAt FROM items ORDER BY id')
        .values()
        .map(([id, listId, title, done, rank, createdAt]) => ({
          id: String(id),
          listId: String(listId),
          title: String(title),
          done: done !== 0,
          rank: Number(rank),
          createdAt: new Date(Number(createdAt)),
        })),
    close: () => leader.close(),
  }
}
