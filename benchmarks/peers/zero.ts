import {
  boolean,
  createBuilder,
  createSchema,
  defineMutator,
  defineMutators,
  number,
  string,
  table,
  Zero,
} from '@rocicorp/zero'
import type { Client, Contestant } from '../src/suite/contestant.ts'
import type { Change, Item } from '../src/work/item.ts'

type Row = Omit<Item, 'createdAt'> & { readonly createdAt: number }

const items = table('items')
  .columns({
    id: string(),
    listId: string(),
    title: string(),
    done: boolean(),
    rank: number(),
    createdAt: number(),
  })
  .primaryKey('id')
const schema = createSchema({ tables: [items] })
const zql = createBuilder(schema)

const mutators = defineMutators({
  apply: defineMutator(async ({ tx, args }: { tx: never; args: never }) => {
    const { mutate } = tx as {
      mutate: { items: { insert(row: Row): Promise<void>; update(row: object): Promise<void> } }
    }
    for (const change of args as Change[]) {
      if (change.kind === 'add') await mutate.items.insert(change.item as unknown as Row)
      else if (change.kind === 'rename') await mutate.items.update({ id: change.id, title: change.title })
      else await mutate.items.update({ id: change.id, done: change.done })
    }
  }),
} as never)

/** Its client in memory, without a server; dates are numbers there. */
export const zero: Contestant = { name: 'zero', openReader: open, openClient: open }

const FILL = 5_000

async function open(filled: readonly Item[]): Promise<Client> {
  const client = new Zero({
    schema,
    kvStore: 'mem',
    cacheURL: null,
    userID: `bench-${performance.now()}`,
    mutators,
    logLevel: 'error',
  } as never) as unknown as ZeroClient

  async function commit(changes: readonly Change[]): Promise<void> {
    const args = changes.map((change) =>
      change.kind === 'add'
        ? { ...change, item: { ...change.item, createdAt: change.item.createdAt.getTime() } }
        : change,
    )
    await client.mutate((mutators as unknown as { apply(args: unknown): unknown }).apply(args)).client
  }

  for (let i = 0; i < filled.length; i += FILL) {
    await commit(filled.slice(i, i + FILL).map((item) => ({ kind: 'add', item })))
  }
  const one = (id: string) => zql.items.where('id', id).one()
  const read = async (id: string) => itemOf((await client.run(one(id))) as Row | undefined)
  return {
    read,
    reader: (id) => () => read(id),
    async page(listId, before) {
      const query = zql.items
        .where('listId', listId)
        .where('createdAt', '<', before)
        .orderBy('createdAt', 'desc')
        .limit(100)
      return ((await client.run(query)) as Row[]).map(itemOf) as Item[]
    },
    commit,
    settled() {},
    watch(id, told) {
      const view = client.materialize(one(id))
      let first = true
      view.addListener((row) => {
        // A listener is called with what is there, too.
        if (!first) told(itemOf(row as Row | undefined))
        first = false
      })
      return () => view.destroy()
    },
    async byTitle(after) {
      return ((await client.run(zql.items.where('createdAt', '>', after).orderBy('title', 'asc'))) as Row[]).map(
        itemOf,
      ) as Item[]
    },
    sorted() {
      const view = client.materialize(zql.items.orderBy('title', 'asc'))
      return {
        subscribe(told) {
          let first = true
          view.addListener(() => {
            if (!first) told()
            first = false
          })
          return () => view.destroy()
        },
        // It tells the whole list.
        changed: () => 1,
        current: () => (view.data as Row[]).map(itemOf) as Item[],
      }
    },
    close: () => client.close(),
  }
}

function itemOf(row: Row | undefined): Item | undefined {
  if (!row) return undefined
  const { id, listId, title, done, rank, createdAt } = row
  return { id, listId, title, done, rank, createdAt: new Date(createdAt) }
}

interface ZeroClient {
  mutate(request: unknown): { client: Promise<unknown> }
  run(query: unknown): Promise<unknown>
  materialize(query: unknown): {
    readonly data: unknown
    addListener(told: (data: unknown) => void): void
    destroy(): void
  }
  close(): Promise<void>
}
