import { integer, json, text } from '../../schema/column.ts'
import { event, localEvent } from '../../schema/event.ts'
import { type AnySchema, defineEvents, defineSchema } from '../../schema/schema.ts'
import type { StandardSchema } from '../../schema/standard-schema.ts'
import { localTable, table } from '../../schema/table.ts'

/** A Standard Schema that takes what `check` accepts: suites bring no schema library. */
function shape<T>(check: (value: T) => boolean): StandardSchema & {
  readonly '~standard': { readonly types?: { readonly input: T; readonly output: T } }
} {
  const validate = (value: unknown) => (check(value as T) ? { value } : { issues: [{ message: 'not of this shape' }] })
  return { '~standard': { version: 1, vendor: 'livefold-platform', validate } } as never
}

export const items = table(
  'items',
  { id: text().primaryKey(), label: text(), rank: integer() },
  { indexes: [['rank']] },
)
export const settings = localTable('settings', { key: text().primaryKey(), value: json<unknown>() })

export const platformEvents = defineEvents({
  itemAdded: event(
    'v1.ItemAdded',
    shape<{ id: string; label: string; rank: number }>(({ id }) => typeof id === 'string'),
  ),
  itemGone: event(
    'v1.ItemGone',
    shape<{ id: string }>(() => true),
  ),
  settingSet: localEvent(
    'v1.SettingSet',
    shape<{ key: string; value: unknown }>(() => true),
  ),
})

/** What a platform's leader is started with. Version 2 writes labels in upper case: its state can only come from a rebuild. */
export function platformSchema(version: 1 | 2): AnySchema {
  return defineSchema({
    version,
    tables: { items, settings },
    events: platformEvents,
    materializers: {
      itemAdded: ({ id, label, rank }) =>
        items.insert({ id, label: version === 1 ? label : label.toUpperCase(), rank }),
      itemGone: ({ id }) => items.delete().where({ id }),
      settingSet: ({ key, value }) => settings.upsert({ key, value }),
    },
  })
}
