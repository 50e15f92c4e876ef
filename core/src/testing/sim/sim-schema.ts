import { boolean, integer, text } from '../../schema/column.ts'
import { event, localEvent } from '../../schema/event.ts'
import type { MaterializersOf } from '../../schema/materializer.ts'
import { defineEvents, defineSchema } from '../../schema/schema.ts'
import type { StandardSchema } from '../../schema/standard-schema.ts'
import { localTable, table } from '../../schema/table.ts'

/** A Standard Schema that takes what the workload makes: what is under test comes after it. */
function shape<T>() {
  const validate = (value: unknown): { readonly value: T } => ({ value: value as T })
  return { '~standard': { version: 1, vendor: 'livefold-sim', validate } } satisfies StandardSchema as Shape<T>
}

interface Shape<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => { readonly value: T }
    readonly types?: { readonly input: T; readonly output: T } | undefined
  }
}

/** Last writer wins by row. `owner` may be null, or the text 'null'. */
export const items = table(
  'items',
  {
    id: text().primaryKey(),
    title: text(),
    rank: integer(),
    owner: text().nullable(),
    done: boolean().default(false),
  },
  { indexes: [['owner', 'rank']] },
)
/** Read by `ctx.query`, then written: every replay order gives another value, were it not for the one order. */
export const counters = table('counters', { id: text().primaryKey(), value: integer(), trail: text() })
/** Written in pairs by commits of two events: the sum of all balances is 0 whenever anyone looks. */
export const accounts = table('accounts', { id: text().primaryKey(), balance: integer() })
/** Taken once: a second taking is poison. */
export const names = table('names', { name: text().primaryKey(), owner: text() })
/** A holder has one seat: a row fails by another one, so writes of different keys need not commute. */
export const seats = table('seats', { id: text().primaryKey(), holder: text().unique() })
/** One row per event, never changed: tells which events a replica holds. */
export const notes = table('notes', { id: text().primaryKey(), author: text() })
/** From version 2 on: counted from the same events that version 1 knows. */
export const tallies = table('tallies', { author: text().primaryKey(), notes: integer() })
/** From version 2 on, written by an event of its own. */
export const tags = table('tags', { id: text().primaryKey(), tag: text() })
export const drafts = localTable('drafts', { key: text().primaryKey(), value: integer() })

export const simEvents = defineEvents({
  itemPut: event(
    'v1.ItemPut',
    shape<{ id: string; title: string; rank: number; owner: string | null; done: boolean }>(),
  ),
  itemDone: event('v1.ItemDone', shape<{ id: string; done: boolean }>()),
  itemRemoved: event('v1.ItemRemoved', shape<{ id: string }>()),
  doneCleared: event('v1.DoneCleared', shape<{ below: number }>()),
  bumped: event('v1.Bumped', shape<{ id: string; by: number }>()),
  moved: event('v1.Moved', shape<{ account: string; amount: number }>()),
  nameTaken: event('v1.NameTaken', shape<{ name: string; owner: string }>()),
  nameFreed: event('v1.NameFreed', shape<{ name: string }>()),
  seatTaken: event('v1.SeatTaken', shape<{ id: string; holder: string }>()),
  noted: event('v1.Noted', shape<{ id: string; author: string; refused?: boolean }>()),
  draftSet: localEvent('v1.DraftSet', shape<{ key: string; value: number }>()),
  draftBumped: localEvent('v1.DraftBumped', shape<{ key: string; by: number }>()),
})

/** An event that version 1 does not know. */
export const nextEvents = defineEvents({
  ...simEvents,
  itemTagged: event('v2.ItemTagged', shape<{ id: string; tag: string }>()),
})

export const simTables = { items, counters, accounts, names, seats, notes, drafts }

export const simMaterializers: MaterializersOf<typeof simEvents> = {
  itemPut: ({ id, title, rank, owner, done }) => items.upsert({ id, title, rank, owner, done }),
  itemDone: ({ id, done }) => items.update({ done }).where({ id }),
  itemRemoved: ({ id }) => items.delete().where({ id }),
  doneCleared: ({ below }) => items.delete().where({ done: true }).where('rank', '<', below),
  bumped: ({ id, by }, ctx) => {
    const row = ctx.query(counters.where({ id }).first())
    const value = (row?.value ?? 0) * 3 + by
    // Small enough to stay a safe integer for ever.
    return counters.upsert({ id, value: value % 1_000_003, trail: ctx.event.id })
  },
  moved: ({ account, amount }, ctx) => {
    const row = ctx.query(accounts.where({ id: account }).first())
    return accounts.upsert({ id: account, balance: (row?.balance ?? 0) + amount })
  },
  nameTaken: ({ name, owner }) => names.insert({ name, owner }),
  nameFreed: ({ name }) => names.delete().where({ name }),
  seatTaken: ({ id, holder }) => seats.upsert({ id, holder }),
  noted: ({ id, author }) => notes.insert({ id, author }),
  draftSet: ({ key, value }) => drafts.upsert({ key, value }),
  draftBumped: ({ key, by }, ctx) => {
    const row = ctx.query(drafts.where({ key }).first())
    return drafts.upsert({ key, value: ((row?.value ?? 0) * 3 + by) % 1_000_003 })
  },
}

export const simSchema = defineSchema({
  version: 1,
  tables: simTables,
  events: simEvents,
  materializers: simMaterializers,
})

/**
 * The app's next version: more tables, one filled from events that both versions know, an event of its own, and one materializer that
 * throws no more where it threw. What has no effect under one version may have one under the other.
 */
export const nextSchema = defineSchema({
  version: 2,
  tables: { ...simTables, tallies, tags },
  events: nextEvents,
  materializers: {
    ...simMaterializers,
    nameTaken: ({ name, owner }) => names.upsert({ name, owner }),
    noted: ({ id, author }, ctx) => {
      const before = ctx.query(tallies.where({ author }).first())
      return [notes.insert({ id, author }), tallies.upsert({ author, notes: (before?.notes ?? 0) + 1 })]
    },
    itemTagged: ({ id, tag }) => tags.upsert({ id, tag }),
  },
})

/** The schema of a version of the app. */
export function schemaOf(version: number): typeof simSchema | typeof nextSchema {
  return version === nextSchema.version ? nextSchema : simSchema
}
