import {
  and,
  BTreeIndex,
  createCollection,
  createLiveQueryCollection,
  createTransaction,
  eq,
  gt,
  localOnlyCollectionOptions,
  lt,
} from '@tanstack/db'
import type { Client, Contestant } from '../src/suite/contestant.ts'
import type { Change, Item } from '../src/work/item.ts'

/** Collections in memory alone; reads by key are lookups in its map. */
export const tanstack: Contestant = { name: 'tanstack', openReader: open, openClient: open }

let collections = 0

async function open(items: readonly Item[]): Promise<Client> {
  const collection = createCollection(
    localOnlyCollectionOptions<Item, string>({
      id: `items-${collections++}`,
      getKey: (item: Item) => item.id,
      initialData: items as Item[],
    }),
  )
  await collection.preload()
  collection.createIndex((row: Item) => row.listId, { indexType: BTreeIndex } as never)
  collection.createIndex((row: Item) => row.createdAt, { indexType: BTreeIndex } as never)

  function apply(change: Change): void {
    if (change.kind === 'add') collection.insert(change.item)
    else
      collection.update(change.id, (draft: { -readonly [K in keyof Item]: Item[K] }) => {
        if (change.kind === 'rename') draft.title = change.title
        else draft.done = change.done
      })
  }

  const read = (id: string) => collection.get(id)

  async function rows(build: (query: never) => never): Promise<readonly Item[]> {
    const live = createLiveQueryCollection({ query: build as never, startSync: true, gcTime: 1 })
    await live.preload()
    const found = live.toArray as unknown as readonly Item[]
    await live.cleanup()
    return found
  }

  return {
    read,
    reader: (id) => () => read(id),
    page: (listId, before) =>
      // biome-ignore lint/suspicious/noExplicitAny: types of a package that is not always installed
      rows(((q: any) =>
        q
          .from({ item: collection })
          // biome-ignore lint/suspicious/noExplicitAny: as above
          .where(({ item }: any) => and(eq(item.listId, listId), lt(item.createdAt, new Date(before))))
          // biome-ignore lint/suspicious/noExplicitAny: as above
          .orderBy(({ item }: any) => item.createdAt, 'desc')
          .limit(100)) as never),
    async commit(changes) {
      if (changes.length === 1) return apply(changes[0] as Change)
      const transaction = createTransaction({
        autoCommit: false,
        async mutationFn({ transaction: done }) {
          collection.utils.acceptMutations(done)
        },
      })
      const added = changes.flatMap((change) => (change.kind === 'add' ? [change.item] : []))
      transaction.mutate(() => {
        // In one call: each call looks through all that the transaction holds.
        if (added.length === changes.length) collection.insert(added)
        else changes.forEach(apply)
      })
      await transaction.commit()
    },
    settled: () => new Promise((resolve) => setImmediate(resolve)),
    watch(id, told) {
      const subscription = collection.subscribeChanges(() => told(read(id)), {
        // biome-ignore lint/suspicious/noExplicitAny: as above
        where: (item: any) => eq(item.id, id),
      } as never)
      return () => subscription.unsubscribe()
    },
    byTitle: (after) =>
      // biome-ignore lint/suspicious/noExplicitAny: as above
      rows(((q: any) =>
        q
          .from({ item: collection })
          // biome-ignore lint/suspicious/noExplicitAny: as above
          .where(({ item }: any) => gt(item.createdAt, new Date(after)))
          // biome-ignore lint/suspicious/noExplicitAny: as above
          .orderBy(({ item }: any) => item.title)) as never),
    sorted() {
      const live = createLiveQueryCollection({
        // biome-ignore lint/suspicious/noExplicitAny: as above
        query: ((q: any) => q.from({ item: collection }).orderBy(({ item }: any) => item.title)) as never,
        startSync: true,
      })
      let changed = 0
      return {
        subscribe(told) {
          const subscription = live.subscribeChanges((changes) => {
            changed = changes.length
            told()
          })
          return () => subscription.unsubscribe()
        },
        changed: () => changed,
        current: () => live.toArray as unknown as readonly Item[],
      }
    },
    close: () => collection.cleanup(),
  }
}
