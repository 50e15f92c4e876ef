import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ConfirmedEvent, splitCommits } from '../protocol/event-record.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { StoreFile } from './store-file.ts'
import { FORMAT_VERSION, openLogTables } from './tables.ts'

/** A log of commits of these sizes. */
function logOf(sizes: readonly number[]): ConfirmedEvent[] {
  return sizes
    .flatMap((size) => Array.from({ length: size }, (_, i) => i < size - 1))
    .map((joined, i) => ({
      seq: i + 1,
      id: `s.${i + 1}`,
      name: 'v1.Any',
      args: { i },
      clientId: 'client',
      sessionId: 's',
      parent: 0,
      at: i,
      ...(joined ? { joined } : {}),
    }))
}

function openFile(events: readonly ConfirmedEvent[] = []) {
  const driver = openMemory()
  openLogTables(driver)
  const file = new StoreFile(driver)
  file.eventlog.append(events)
  return { driver, file }
}

test('LOG-3 a page ends where a commit ends, and has at least as many events as asked for while there are any', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (sizes, limit) => {
        const log = logOf(sizes)
        const { driver, file } = openFile(log)
        const pages: ConfirmedEvent[][] = []
        for (let after = 0; after < log.length; ) {
          const page = file.eventlog.read(after, limit)
          expect(page.length).toBeGreaterThanOrEqual(Math.min(limit, log.length - after))
          expect(splitCommits(page).rest).toEqual([])
          // Not a commit more than needed.
          expect(page.length - (splitCommits(page).commits.at(-1)?.length ?? 0)).toBeLessThan(limit)
          pages.push(page)
          after = page.at(-1)?.seq ?? log.length
        }
        expect(pages.flat()).toEqual(log)
        expect(file.eventlog.read(log.length, limit)).toEqual([])
        driver.close()
      },
    ),
    { numRuns: 60 },
  )
})

test('LOG-2 the log is append only: an event that does not follow the head is refused', () => {
  const log = logOf([1, 2])
  const { driver, file } = openFile(log)
  expect(() => file.eventlog.append(log.slice(2))).toThrow('does not follow head 3')
  expect(() => file.eventlog.append([{ ...log[0]!, seq: 5 }])).toThrow('does not follow head 3')
  expect(() => file.eventlog.append([{ ...log[0]!, seq: 4 }])).toThrow(/UNIQUE/)
  expect(new StoreFile(driver).eventlog.read(0, 10)).toEqual(log)
  driver.close()
})

test('finds events by id and place; the head survives reopening', () => {
  const log = logOf([3, 1])
  const { driver, file } = openFile(log)
  expect([file.eventlog.idAt(0), file.eventlog.idAt(4), file.eventlog.idAt(5)]).toEqual([null, 's.4', null])
  expect(file.eventlog.find('s.2')).toEqual(log[1])
  expect(file.eventlog.find('s.9')).toBeNull()
  expect(new StoreFile(driver).eventlog.head).toBe(4)
  driver.close()
})

test('LOG-3 LOG-4 pending keeps its order over removals from its middle, and whole commits', () => {
  const { driver, file } = openFile()
  const { commits } = splitCommits(logOf([1, 2, 3, 1]).map(({ seq: _, ...event }) => event))
  for (const commit of commits.slice(0, 3)) file.pending.append(commit)
  for (const { id } of commits[1]!) file.pending.remove(id)
  const reopened = new StoreFile(driver).pending
  reopened.append(commits[3]!)
  expect(reopened.commitsAfter(0)).toEqual([commits[0], commits[2], commits[3]])
  driver.close()
})

test('keeps rejected commits with their errors, and quarantined ones', () => {
  const { driver, file } = openFile()
  const commit = logOf([11]).map(({ seq: _, ...event }) => event)
  const error = { code: 'sync/rejected', message: 'no', details: { because: 1 }, retry: 'no' } as const
  file.verdicts.reject(commit, error)
  expect(file.verdicts.rejectionOf('s.5')).toEqual(error)
  expect(file.verdicts.rejectionOf('s.12')).toBeNull()
  expect(file.verdicts.rejectedCommit('s.1')).toEqual(commit)
  const quarantined = { seq: 3, ids: ['s.3'], error }
  file.verdicts.quarantine(quarantined)
  expect(file.verdicts.quarantined()).toEqual([quarantined])
  file.verdicts.clearQuarantine()
  expect(file.verdicts.quarantined()).toEqual([])
  driver.close()
})

test('a file of a newer format is refused with storage/version, and left as it is', () => {
  const { driver, file } = openFile(logOf([2]))
  driver.exec(`UPDATE livefold_meta SET value = ${FORMAT_VERSION + 1} WHERE key = 'format'`)
  driver.exec('DROP TABLE livefold_undo')
  const bytes = driver.serialize()
  expect(() => openLogTables(driver)).toThrow(expect.objectContaining({ code: 'storage/version' }))
  expect(driver.serialize()).toEqual(bytes)
  expect(file.eventlog.head).toBe(2)
  driver.close()
})
