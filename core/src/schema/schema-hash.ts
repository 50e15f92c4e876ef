import { Hash } from '../base/hash.ts'
import type { Json } from '../base/json.ts'
import type { EventDefinition } from './event.ts'
import type { Table } from './table-structure.ts'

/**
 * 16 hex digits for what state depends on: version, tables, event names. The order in which tables and events were
 * defined does not matter; the order of columns does, because images and changesets address them by place.
 */
export function schemaHash(version: number, tables: Iterable<Table>, events: Iterable<EventDefinition>): string {
  // Members in alphabetical order, here and in `canonical`: their text is hashed, whatever is written first one day.
  const content: Json = {
    events: byName([...events]).map(({ name, local }) => [name, local]),
    tables: byName([...tables]).map((table) => table.canonical),
    version,
  }
  return new Hash().add(JSON.stringify(content)).digest()
}

function byName<T extends { readonly name: string }>(named: T[]): T[] {
  return named.sort((a, b) => (a.name < b.name ? -1 : 1))
}
