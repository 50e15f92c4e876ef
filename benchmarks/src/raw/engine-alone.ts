import type { Contestant } from '../suite/contestant.ts'
import { Engine, ROW } from './engine.ts'
import { loadModule } from './exports.ts'
import { ItemTable } from './item-table.ts'

/**
 * SQLite stepping, and nothing read of what it finds. No client can be like this; it is what raw is held honest by.
 */
export const engineAlone: Contestant = {
  name: 'engine',
  stepsOnly: true,
  async openReader(items) {
    const engine = new Engine(await loadModule())
    const table = new ItemTable(engine)
    for (const item of items) table.insert(item)
    const [first] = items
    if (first) table.bindOne(first.id)
    function read(id: string) {
      if (table.stepOne(id) !== ROW) throw new Error(`There is no item ${id}.`)
      return undefined
    }
    return {
      read,
      reader: (id) => () => read(id),
      page(listId, before) {
        table.stepPage(listId, before)
        return []
      },
      close: () => engine.close(),
    }
  },
}
