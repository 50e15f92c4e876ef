import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkLog } from './log-check.ts'
import { deleteStores, listStores } from './log-stores.ts'
import { LogFolder, testedEvent } from './testing/log-folder.ts'

const folder = new LogFolder()

async function threeStores(): Promise<void> {
  const log = folder.open()
  await log.append('a', 0, null, [testedEvent('a.1'), testedEvent('a.2')])
  await log.append('team/42', 0, null, [{ ...testedEvent('b.1'), args: { secret: 'Rosebud' } }])
  await log.append('z', 0, null, [testedEvent('c.1')])
  await log.close()
}

test('stores are listed with the number of their events, beside the server too', async () => {
  await threeStores()
  const log = folder.open()
  expect(listStores(folder.file)).toEqual([
    { storeId: 'a', events: 2 },
    { storeId: 'team/42', events: 1 },
    { storeId: 'z', events: 1 },
  ])
  await log.close()
})

test('a deleted store leaves nothing, not even in the bytes of the file; others are as they were', async () => {
  await threeStores()
  expect(readFileSync(folder.file, 'latin1')).toContain('Rosebud')
  await deleteStores(folder.file, ['team/42', 'z', 'z'])
  expect(listStores(folder.file)).toEqual([{ storeId: 'a', events: 2 }])
  expect(readFileSync(folder.file, 'latin1')).not.toContain('Rosebud')
  expect(checkLog(folder.file)).toEqual({ stores: 1, events: 2, problems: [] })
  const log = folder.open()
  expect(await log.read('a', 0, 9)).toHaveLength(2)
  expect(await log.read('team/42', 0, 9)).toEqual([])
  // The name is free: the store begins anew, with ids that it had before.
  await log.append('team/42', 0, null, [testedEvent('b.1')])
  await log.close()
  expect(checkLog(folder.file)).toEqual({ stores: 2, events: 3, problems: [] })
})

test('a store that is not there, no log, and a log that a server has: nothing is deleted', async () => {
  await threeStores()
  await expect(deleteStores(folder.file, ['a', 'b'])).rejects.toMatchObject({
    code: 'storage/io',
    message: expect.stringContaining('has no store "b". Nothing was deleted'),
  })
  expect(listStores(folder.file)).toHaveLength(3)
  const log = folder.open()
  await expect(deleteStores(folder.file, ['a'])).rejects.toMatchObject({ code: 'storage/locked' })
  await log.close()
  const nowhere = join(folder.file, '../nowhere.db')
  await expect(deleteStores(nowhere, ['a'])).rejects.toThrow('There is no event log at')
  expect(() => listStores(nowhere)).toThrow('There is no event log at')
  expect(() => checkLog(nowhere)).toThrow('There is no event log at')
})
