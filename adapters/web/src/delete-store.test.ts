import { expect, test } from 'vitest'
import { deleteWebStore } from './delete-store.ts'
import { Presence } from './presence.ts'
import { storeNames } from './store-names.ts'

test('a store is not deleted between two leaders while a session has it open', async () => {
  const names = storeNames('between-leaders')
  const presence = new Presence(names, 'page')
  await presence.entered
  await expect(deleteWebStore(names)).rejects.toMatchObject({ code: 'storage/locked' })
  presence.leave()
  // Node has no OPFS: with nobody there it is looked for.
  await expect(deleteWebStore(names)).rejects.not.toMatchObject({ code: 'storage/locked' })
})
