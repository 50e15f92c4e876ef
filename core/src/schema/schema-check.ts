import { StoreError } from '../base/errors.ts'
import { asciiLower } from './table-check.ts'
import { isTable, nameOf } from './table-structure.ts'

type Named = Readonly<Record<string, { readonly name: string }>>

/** Throws `schema/invalid` naming what is wrong. The events are checked where they are gathered. */
export function checkSchema(version: number, tables: Named, events: Named, materializers: object): void {
  if (!Number.isSafeInteger(version) || version < 1) throw invalid(`version must be 1, 2, 3 …, not ${nameOf(version)}`)
  checkTables(tables)
  checkEvents(events)
  const surplus = Object.keys(materializers).find((property) => !Object.hasOwn(events, property))
  if (surplus !== undefined)
    throw invalid(`materializers.${surplus} belongs to no event: define events.${surplus}, or remove it`)
  for (const [property, { name }] of Object.entries(events)) {
    const given = Object.hasOwn(materializers, property) && (materializers as Record<string, unknown>)[property]
    if (typeof given !== 'function') throw invalid(`event ${name} has no materializer: add materializers.${property}`)
  }
}

/** Throws `schema/invalid` when two share a wire name, or one is no event. */
export function checkEvents(events: Named): void {
  const seen = new Set<string>()
  for (const [property, event] of Object.entries(events)) {
    if (typeof event !== 'function' || typeof (event as { validate?: unknown }).validate !== 'function')
      throw invalid(`events.${property} is not made by event() or localEvent()`)
    if (seen.has(event.name)) throw invalid(`two events have the wire name "${event.name}" (one is events.${property})`)
    seen.add(event.name)
  }
}

function checkTables(tables: Named): void {
  const seen = new Map<string, string>()
  for (const [property, table] of Object.entries(tables)) {
    if (!isTable(table)) throw invalid(`tables.${property} is not made by table() or localTable()`)
    const other = seen.get(asciiLower(table.name))
    if (other !== undefined)
      throw invalid(
        `tables.${other} and tables.${property} have one SQL name, "${table.name}"; SQLite ignores ASCII case`,
      )
    seen.set(asciiLower(table.name), property)
  }
}

function invalid(message: string): StoreError {
  return new StoreError('schema/invalid', message)
}
