import type { Contestant } from '../suite/contestant.ts'
import { Engine } from './engine.ts'
import { loadModule } from './exports.ts'
import { ItemTable } from './item-table.ts'

/**
 * SQLite stepping, and nothing read of what it finds. No client can be like this; it is what raw is held honest by.
 */
export const engineAlone: Contestant = {
  name: 'engine',
  async openReader(items) {
    const engine = new Engine(await loadModule())
    const table = new ItemTable(engine)
    for (const item of items) table.insert(item)
    return {
      read(id) {
        table.stepOne(id)
        return undefined
      },
      reader: (id) => () => {
        table.stepOne(id)
        return undefined
      },
      page(listId, before) {
        table.stepPage(listId, before)
        return []
      },
      close: () => engine.close(),
    }
  },
}
