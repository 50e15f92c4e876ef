import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfirmedEvent, EventRecord } from '@livefold/core/adapter'
import type { LogStore } from '@livefold/core/server'
import { afterAll, expect, test } from 'vitest'
import { damage, draws } from '../../../scripts/file-damage.ts'
import { checkLog } from './log-check.ts'
import { sqliteLogStore } from './sqlite-log-store.ts'

/** Damaged logs. More: `SERVER_DAMAGES=20000 npm run damage`; one again: `SERVER_DAMAGE_SEED=17`. */
const DAMAGES = Number(process.env.SERVER_DAMAGES ?? 500)
const SEED = process.env.SERVER_DAMAGE_SEED

const directory = mkdtempSync(join(tmpdir(), 'livefold-log-damage-'))
afterAll(() => rmSync(directory, { recursive: true }))

const STORES = ['a', 'b', 'c']
const LONGEST = 120

function event(session: string, n: number): EventRecord {
  const args = { text: 'x'.repeat((n * 37) % 400), n }
  return { id: `${session}.${n}`, name: 'v1.Tested', args, clientId: 'c', sessionId: session, parent: n - 1, at: n }
}

async function readAll(log: LogStore, store: string): Promise<ConfirmedEvent[]> {
  return log.read(store, 0, 1_000_000)
}

/** A log with three stores of 40, 80 and 120 events; a closed one, and one of a process that was killed. */
async function paint(): Promise<{ images: string[]; truth: Map<string, ConfirmedEvent[]> }> {
  const live = join(directory, 'live')
  const [closed, killed] = [join(directory, 'closed'), join(directory, 'killed')]
  cpSync(mkdtempSync(join(tmpdir(), 'livefold-empty-')), live, { recursive: true })
  const log = sqliteLogStore({ file: join(live, 'log.db') })
  const truth = new Map<string, ConfirmedEvent[]>()
  for (const [i, store] of STORES.entries()) {
    const events = Array.from({ length: ((i + 1) * LONGEST) / 3 }, (_, n) => event(store, n + 1))
    for (const [n, one] of events.entries()) await log.append(store, n, events[n - 1]?.id ?? null, [one])
    truth.set(store, await readAll(log, store))
  }
  cpSync(live, killed, { recursive: true })
  await log.close()
  cpSync(live, closed, { recursive: true })
  return { images: [closed, killed], truth }
}

/**
 * What a damaged log gives: each read the events as they were, or `storage/*`. The end of a write-ahead log may be gone, as SQLite
 * takes damage there for the end: the log is then an older one, which clients that know more notice.
 */
async function judge(file: string, truth: Map<string, ConfirmedEvent[]>): Promise<string> {
  let log: LogStore
  try {
    log = sqliteLogStore({ file })
  } catch (error) {
    expect(error).toMatchObject({ name: 'StoreError', code: expect.stringMatching(/^storage\/(corrupt|version|io)$/) })
    return 'refused'
  }
  let [refused, older] = [0, 0]
  try {
    for (const [store, events] of truth) {
      const read = await readAll(log, store).catch((error: unknown) => error)
      if (read instanceof Error) {
        expect(read).toMatchObject({ name: 'StoreError', code: expect.stringMatching(/^storage\/(corrupt|io)$/) })
        refused++
        continue
      }
      const got = read as ConfirmedEvent[]
      expect(got).toEqual(events.slice(0, got.length))
      if (got.length < events.length) older++
    }
  } finally {
    await log.close()
  }
  return refused > 0 ? 'a store refused' : older > 0 ? 'older' : 'whole'
}

async function strike(seed: number, images: string[], truth: Map<string, ConfirmedEvent[]>): Promise<string> {
  const draw = draws(seed)
  const image = images[draw(images.length)] as string
  const path = mkdtempSync(join(directory, 'struck-'))
  cpSync(image, path, { recursive: true })
  const file = join(path, 'log.db')
  const what = damage(file, draw)
  try {
    const told = checkLog(file).problems.length > 0
    const outcome = await judge(file, truth)
    // Of a closed log nothing may be missing unnoticed, and whatever is refused the check tells as well.
    if (image.endsWith('closed')) expect(outcome).not.toBe('older')
    if (outcome === 'a store refused') expect(told).toBe(true)
    return outcome
  } catch (cause) {
    const again = `SERVER_DAMAGE_SEED=${seed} npm run damage`
    throw new Error(`${image}, ${what}: ${(cause as Error).message} (${again})`, { cause })
  } finally {
    rmSync(path, { recursive: true })
  }
}

test(`LOG-2 ${SEED ? `damage ${SEED}` : `${DAMAGES} damaged server logs`}: what is read is what was appended, or storage/corrupt`, async () => {
  const { images, truth } = await paint()
  const outcomes = new Map<string, number>()
  const seeds = SEED ? [Number(SEED)] : Array.from({ length: DAMAGES }, (_, i) => i + 1)
  for (const seed of seeds) {
    const outcome = await strike(seed, images, truth)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  console.log(`seeds ${seeds[0]} to ${seeds.at(-1)}:`, Object.fromEntries(outcomes))
  // A check that could not fail would show here.
  if (!SEED) for (const kind of ['refused', 'a store refused', 'whole']) expect(outcomes.get(kind)).toBeGreaterThan(0)
}, 300_000)
