import { StoreError } from '@livefold/core/adapter'
import { directoryPath } from './directory-path.ts'
import { leftoverKeys } from './leftover-keys.ts'
import { removeLeftovers } from './leftovers.ts'
import type { StoreNames } from './store-names.ts'

/** Waits for handles of a leader, and locks of sessions, that have just ended, ms. */
const WAITS = [20, 100, 500]

/**
 * Removes a store's OPFS directory and what sessions left of it.
 *
 * @throws StoreError `storage/locked` when a tab has it open
 */
export async function deleteWebStore(names: StoreNames): Promise<void> {
  const { storeId, leader, leftover, client } = names
  const deleted = await navigator.locks.request(leader, { ifAvailable: true }, async (lock) => {
    // Between two leaders nobody leads, and the store is open all the same.
    if (!lock || (await hasSessions(names))) return false
    for (const key of leftoverKeys(leftover)) removeLeftovers(key)
    removeLeftovers(client)
    await removeDirectory(directoryPath(names).split('/'))
    return true
  })
  if (deleted) return
  throw new StoreError('storage/locked', `Store ${storeId} is open in a tab: close it before it is deleted.`, {
    details: { storeId },
  })
}

async function hasSessions({ session }: StoreNames): Promise<boolean> {
  for (const wait of [...WAITS, null]) {
    const { held = [] } = await navigator.locks.query()
    if (!held.some(({ name }) => name?.startsWith(session))) return false
    if (wait !== null) await new Promise((resolve) => setTimeout(resolve, wait))
  }
  return true
}

async function removeDirectory(path: string[]): Promise<void> {
  const name = path.pop() as string
  for (let attempt = 0; ; attempt++) {
    try {
      let directory = await navigator.storage.getDirectory()
      for (const part of path) directory = await directory.getDirectoryHandle(part)
      return await directory.removeEntry(name, { recursive: true })
    } catch (thrown) {
      const reason = thrown instanceof DOMException ? thrown.name : ''
      // Nothing was ever kept; or there is no OPFS at all.
      if (reason === 'NotFoundError' || reason === 'SecurityError') return
      const wait = WAITS[attempt]
      if (wait === undefined) throw thrown
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}
