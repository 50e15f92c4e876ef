import { DEVELOPMENT } from '../base/development.ts'
import type { EventDefinition } from './event.ts'
import type { AnyMaterializer, MaterializersOf } from './materializer.ts'
import { checkEvents, checkSchema } from './schema-check.ts'
import { schemaHash } from './schema-hash.ts'
import type { Table } from './table-structure.ts'

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
 * Gathers events under the names by which the app calls them. In development throws `schema/invalid` when two share a wire name.
 *
 * @example
 * export const events = defineEvents({
 *   todoCreated: event('v1.TodoCreated', z.object({ id: z.string(), title: z.string() })),
 *   uiSet: localEvent('v1.UiSet', z.object({ key: z.string(), value: z.unknown() })),
 * })
 */
export function defineEvents<E extends Events>(events: E): E {
  if (DEVELOPMENT) checkEvents(events)
  return events
}

/**
 * Puts tables, events and their materializers together; the types ask for one materializer each. In development throws
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
  if (DEVELOPMENT) checkSchema(version, definition.tables, definition.events, definition.materializers)
  const tables = byName(definition.tables)
  const events = byName(definition.events)
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

function materializersByName(events: Events, materializers: object): ReadonlyMap<string, AnyMaterializer> {
  const given = materializers as Readonly<Record<string, AnyMaterializer>>
  return new Map(Object.entries(events).map(([property, event]) => [event.name, given[property]!]))
}

const byName = <T extends { readonly name: string }>(all: Readonly<Record<string, T>>): ReadonlyMap<string, T> =>
  new Map(Object.values(all).map((each) => [each.name, each]))
