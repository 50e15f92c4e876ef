import type { AnySchema } from '../../schema/schema.ts'
import type { SqlValue } from '../../sqlite/driver.ts'
import type { ChangeBatch } from '../row-changes.ts'
import type { Rows } from './replay.ts'

/** Net changes by table and key, in a form that two of them can be compared in: watched values alone. */
export type NetChanges = Readonly<Record<string, readonly [before: Values, after: Values]>>
type Values = readonly (SqlValue | undefined)[] | null

export function normalBatch(batch: ChangeBatch | null, places: readonly number[]): NetChanges {
  const changes: Record<string, [Values, Values]> = {}
  for (const [table, deltas] of batch ?? []) {
    for (const { key, before, after } of deltas) {
      const name = nameOf(table, key)
      if (changes[name]) throw new Error(`${name} is told twice`)
      changes[name] = [watched(before, places), watched(after, places)]
    }
  }
  return changes
}

/** What a batch has to say when the tables went from one content to another. */
export function expectedBatch(schema: AnySchema, before: Rows, after: Rows, places: readonly number[]): NetChanges {
  const changes: Record<string, [Values, Values]> = {}
  if (places.length === 0) return changes
  for (const table of schema.tables.values()) {
    const keyPlaces = table.primaryKey.map((name) => table.columns.findIndex((column) => column.name === name))
    const byKey = (rows: Rows) =>
      new Map(
        (rows.get(table.name) ?? []).map((row) => [
          nameOf(
            table.name,
            keyPlaces.map((place) => row[place] ?? null),
          ),
          row,
        ]),
      )
    const [old, now] = [byKey(before), byKey(after)]
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const change: [Values, Values] = [watched(old.get(name) ?? null, places), watched(now.get(name) ?? null, places)]
      if (JSON.stringify(change[0]) !== JSON.stringify(change[1])) changes[name] = change
    }
  }
  return changes
}

function nameOf(table: string, key: readonly SqlValue[]): string {
  return `${table} ${JSON.stringify(key)}`
}

function watched(row: readonly SqlValue[] | null, places: readonly number[]): Values {
  return row && places.map((place) => row[place])
}
