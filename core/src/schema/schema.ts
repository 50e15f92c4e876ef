import { StoreError } from '../base/errors.ts'
import type { EventDefinition } from './event.ts'
import type { AnyMaterializer, MaterializersOf } from './materializer.ts'
import { schemaHash } from './schema-hash.ts'
import { asciiLower } from './table-draft.ts'
import { isTable, nameOf, type Table } from './table-structure.ts'

/** A schema, for code that does not know its types. */
export interface AnySchema {
  readonly version: number
  /** 16 hex digits; equal for two schemas whose state is laid out alike. */
  readonly hash: string
  /** By SQL name, in definition order. */
  readonly tables: ReadonlyMap<string, Table>
  readonly syncedTables: readonly Table[]
  readonly localTables: readonly Table[]
  /** By wire name. */
  readonly events: ReadonlyMap<string, EventDefinition>
  /** By wire name. */
  readonly materializers: ReadonlyMap<string, AnyMaterializer>
}

type Events = Readonly<Record<string, EventDefinition>>
type Tables = Readonly<Record<string, Table>>

/** A schema with its definitions as they were given. */
export interface Schema<T extends Tables = Tables, E extends Events = Events> extends AnySchema {
  readonly definitions: { readonly tables: T; readonly events: E }
}

/**
 * Gathers events under the names by which the app calls them. Throws `schema/invalid` when two share a wire name.
 *
 * @example
 * export const events = defineEvents({
 *   todoCreated: event('v1.TodoCreated', z.object({ id: z.string(), title: z.string() })),
 *   uiSet: localEvent('v1.UiSet', z.object({ key: z.string(), value: z.unknown() })),
 * })
 */
export function defineEvents<E extends Events>(events: E): E {
  eventsByName(events)
  return events
}

/**
 * Puts tables, events and their materializers together; the types ask for one materializer each. Throws
 * `schema/invalid` naming what is wrong: a name used twice, a bad version, a missing or surplus materializer.
 *
 * Raise `version` with every released change of tables or materializers: state is then rebuilt from the log.
 *
 * @example
 * export const schema = defineSchema({
 *   version: 1,
 *   tables: { todos },
 *   events,
 *   materializers: { todoCreated: ({ id, title }) => todos.insert({ id, title }) },
 * })
 */
export function defineSchema<T extends Tables, E extends Events>(definition: {
  readonly version: number
  readonly tables: T
  readonly events: E
  readonly materializers: MaterializersOf<NoInfer<E>>
}): Schema<T, E> {
  const { version } = definition
  if (!Number.isSafeInteger(version) || version < 1) throw invalid(`version must be 1, 2, 3 …, not ${nameOf(version)}`)
  const tables = tablesByName(definition.tables)
  const events = eventsByName(definition.events)
  const all = [...tables.values()]
  return {
    version,
    hash: schemaHash(version, all, events.values()),
    tables,
    syncedTables: all.filter((table) => !table.local),
    localTables: all.filter((table) => table.local),
    events,
    materializers: materializersByName(definition.events, definition.materializers),
    definitions: { tables: definition.tables, events: definition.events },
  }
}

function tablesByName(tables: Tables): ReadonlyMap<string, Table> {
  const byName = new Map<string, Table>()
  const seen = new Map<string, string>()
  for (const [property, table] of Object.entries(tables)) {
    if (!isTable(table)) throw invalid(`tables.${property} is not made by table() or localTable()`)
    const other = seen.get(asciiLower(table.name))
    if (other !== undefined)
      throw invalid(
        `tables.${other} and tables.${property} have one SQL name, "${table.name}"; SQLite ignores ASCII case`,
      )
    seen.set(asciiLower(table.name), property)
    byName.set(table.name, table)
  }
  return byName
}

function eventsByName(events: Events): ReadonlyMap<string, EventDefinition> {
  const byName = new Map<string, EventDefinition>()
  for (const [property, event] of Object.entries(events)) {
    if (typeof event !== 'function' || typeof event.validate !== 'function')
      throw invalid(`events.${property} is not made by event() or localEvent()`)
    if (byName.has(event.name))
      throw invalid(`two events have the wire name "${event.name}" (one is events.${property})`)
    byName.set(event.name, event)
  }
  return byName
}

function materializersByName(events: Events, materializers: object): ReadonlyMap<string, AnyMaterializer> {
  const surplus = Object.keys(materializers).find((property) => !Object.hasOwn(events, property))
  if (surplus !== undefined)
    throw invalid(`materializers.${surplus} belongs to no event: define events.${surplus}, or remove it`)
  const byName = new Map<string, AnyMaterializer>()
  for (const [property, event] of Object.entries(events)) {
    const materializer = Object.hasOwn(materializers, property)
      ? (materializers as Record<string, unknown>)[property]
      : undefined
    if (typeof materializer !== 'function')
      throw invalid(`event ${event.name} has no materializer: add materializers.${property}`)
    byName.set(event.name, materializer as AnyMaterializer)
  }
  return byName
}

function invalid(message: string): StoreError {
  return new StoreError('schema/invalid', message)
}
