import type { EventRecord } from '../../protocol/event-record.ts'
import type { LogHead, LogStore } from '../../server/log-store.ts'

/** What the suite takes from a test runner; vitest's and Jest's `describe`, `test` and `expect` fit. */
export interface LogStoreApi {
  describe(name: string, body: () => void): void
  test(name: string, body: () => Promise<void>): void
  expect(actual: unknown): {
    toBe(expected: unknown): void
    toEqual(expected: unknown): void
  }
}

export interface LogStoreFixture {
  readonly log: LogStore
  /** Closes `log` and opens what it stored again; missing where nothing outlives it. */
  reopen?(): Promise<LogStore>
  /** Runs after the scenario; `log` may be closed already. */
  dispose?(): Promise<void>
}

function event(sessionId: string, n: number, more: Partial<EventRecord> = {}): EventRecord {
  return { id: `${sessionId}.${n}`, name: 'v1.Said', args: { n }, clientId: 'c', sessionId, parent: 0, at: 5, ...more }
}

/** Events `from` … `to` of one session, one commit each. */
function run(sessionId: string, from: number, to: number): EventRecord[] {
  return Array.from({ length: to - from + 1 }, (_, i) => event(sessionId, from + i))
}

function commit(sessionId: string, from: number, to: number): EventRecord[] {
  return run(sessionId, from, to).map((one, i) => (i < to - from ? { ...one, joined: true } : one))
}

const START: LogHead = { seq: 0, id: null }

/** Runs the contract of `server/log-store.ts` against an implementation. `open` gives a fresh, empty one. */
export function logStoreConformance(name: string, open: () => Promise<LogStoreFixture>, api: LogStoreApi): void {
  const { expect } = api

  function scenario(title: string, body: (fixture: LogStoreFixture) => Promise<void>): void {
    api.test(title, async () => {
      const fixture = await open()
      try {
        await body(fixture)
      } finally {
        await fixture.log.close()
        await fixture.dispose?.()
      }
    })
  }

  const seqsOf = async (log: LogStore, storeId: string, after: number, limit: number) =>
    (await log.read(storeId, after, limit)).map(({ seq }) => seq)

  api.describe(`log store: ${name}`, () => {
    scenario('an unknown store is empty', async ({ log }) => {
      expect(await log.head('s')).toEqual(START)
      expect(await log.read('s', 0, 10)).toEqual([])
      expect(await log.find('s', ['a.1'])).toEqual([null])
      expect(await log.holds('s', 0, null)).toBe(true)
      expect(await log.holds('s', 1, 'a.1')).toBe(false)
      expect((await log.backendId()).length > 0).toBe(true)
      expect(await log.backendId()).toBe(await log.backendId())
    })

    scenario('append gives consecutive seqs from 1, and moves the head', async ({ log }) => {
      expect(await log.append('s', 0, null, run('a', 1, 2))).toEqual({ kind: 'appended', seqs: [1, 2] })
      expect(await log.head('s')).toEqual({ seq: 2, id: 'a.2' })
      expect(await log.append('s', 2, 'a.2', run('b', 1, 1))).toEqual({ kind: 'appended', seqs: [3] })
      expect(await log.head('s')).toEqual({ seq: 3, id: 'b.1' })
    })

    scenario('read gives back what was appended, field by field', async ({ log }) => {
      const events = [
        event('a', 1, {
          parent: 7,
          at: 1_700_000_000_123,
          args: { deep: [null, true, 1.5, 'x', { y: [] }] },
          joined: true,
        }),
        event('a', 2, { name: 'v2.Other', args: null }),
        event('b-_Z', 900_719_925, { args: Number.MAX_SAFE_INTEGER, at: -1 }),
      ]
      await log.append('s', 0, null, events)
      expect(await log.read('s', 0, 10)).toEqual(events.map((one, i) => ({ ...one, seq: i + 1 })))
      const [, second] = await log.read('s', 0, 10)
      expect(second !== undefined && 'joined' in second).toBe(false)
    })

    scenario('LOG-2 a compare-and-set that misses by number or by id appends nothing', async ({ log }) => {
      await log.append('s', 0, null, run('a', 1, 2))
      const head = { seq: 2, id: 'a.2' }
      for (const [after, afterId] of [
        [0, null],
        [1, 'a.1'],
        [2, 'b.2'],
        [2, 'a.1'],
        [3, 'a.2'],
        [3, 'b.1'],
        [2, null],
      ] as const) {
        expect(await log.append('s', after, afterId, run('b', 5, 5))).toEqual({ kind: 'behind', head })
      }
      expect(await log.head('s')).toEqual(head)
      expect(await log.append('t', 1, 'a.1', run('b', 1, 1))).toEqual({ kind: 'behind', head: START })
    })

    scenario('LOG-1 events that are all known give their seqs again, wherever they are pushed', async ({ log }) => {
      await log.append('s', 0, null, run('a', 1, 3))
      await log.append('s', 3, 'a.3', run('b', 1, 1))
      for (const [after, afterId] of [
        [0, null],
        [4, 'b.1'],
        [9, 'z.9'],
      ] as const) {
        expect(await log.append('s', after, afterId, run('a', 2, 3))).toEqual({ kind: 'known', seqs: [2, 3] })
      }
      expect((await log.head('s')).seq).toBe(4)
    })

    scenario('LOG-1 events that are partly known are behind, also at the head', async ({ log }) => {
      await log.append('s', 0, null, run('a', 1, 2))
      const head = { seq: 2, id: 'a.2' }
      expect(await log.append('s', 2, 'a.2', run('a', 2, 4))).toEqual({ kind: 'behind', head })
      expect(await log.append('s', 0, null, run('a', 1, 3))).toEqual({ kind: 'behind', head })
      expect(await log.find('s', ['a.3', 'a.4'])).toEqual([null, null])
    })

    scenario('a known id with other content is a conflict, named, with nothing appended', async ({ log }) => {
      await log.append('s', 0, null, run('a', 1, 2))
      for (const change of [
        { args: 'other' },
        { name: 'v1.Other' },
        { at: 6 },
        { parent: 1 },
        { clientId: 'd' },
        { joined: true as const },
      ]) {
        expect(await log.append('s', 2, 'a.2', [event('a', 2, change)])).toEqual({ kind: 'conflict', eventId: 'a.2' })
      }
      expect(await log.append('s', 2, 'a.2', [event('b', 1), event('a', 1, { args: 0 })])).toEqual({
        kind: 'conflict',
        eventId: 'a.1',
      })
      expect((await log.head('s')).seq).toBe(2)
    })

    scenario('an id belongs to the first who claims it, in its store, for good', async (fixture) => {
      const { log } = fixture
      expect(await log.claim('s', ['c', 's1'], 'ann')).toBe(null)
      expect(await log.claim('s', ['c', 's2'], 'ann')).toBe(null)
      expect(await log.claim('s', ['d', 's2'], 'bob')).toBe('s2')
      expect(await log.claim('s', ['d'], 'cy')).toBe(null)
      expect(await log.claim('t', ['c', 's1'], 'bob')).toBe(null)
      expect(await log.head('s')).toEqual(START)
      expect(await log.append('s', 0, null, run('a', 1, 1))).toEqual({ kind: 'appended', seqs: [1] })
      const again = (await fixture.reopen?.()) ?? log
      expect(await again.claim('s', ["c'--", '💥'], "o'")).toBe(null)
      expect(await again.claim('s', ['s1'], 'bob')).toBe('s1')
      expect(await again.claim('s', ['s1'], 'ann')).toBe(null)
      await again.close()
    })

    scenario('LOG-3 read rounds its limit up to the end of a commit', async ({ log }) => {
      await log.append('s', 0, null, [...run('a', 1, 1), ...commit('b', 1, 4), ...run('c', 1, 2)])
      expect(await seqsOf(log, 's', 0, 1)).toEqual([1])
      expect(await seqsOf(log, 's', 0, 2)).toEqual([1, 2, 3, 4, 5])
      expect(await seqsOf(log, 's', 1, 3)).toEqual([2, 3, 4, 5])
      expect(await seqsOf(log, 's', 1, 4)).toEqual([2, 3, 4, 5])
      expect(await seqsOf(log, 's', 5, 1)).toEqual([6])
      expect(await seqsOf(log, 's', 0, 100)).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(await seqsOf(log, 's', 7, 5)).toEqual([])
      expect(await seqsOf(log, 's', 70, 5)).toEqual([])
    })

    scenario(
      'LOG-3 a hint of bytes ends a page early at most, with a whole commit, never with none',
      async ({ log }) => {
        await log.append('s', 0, null, [...commit('b', 1, 4), ...run('c', 1, 6)])
        const page = await log.read('s', 0, 100, 1)
        expect(page.length >= 4 && page.length <= 10).toBe(true)
        expect(page.map(({ seq }) => seq)).toEqual(page.map((_, i) => i + 1))
        expect((await log.read('s', 4, 100, 1)).length >= 1).toBe(true)
      },
    )

    scenario('find and holds tell places', async ({ log }) => {
      await log.append('s', 0, null, run('a', 1, 3))
      expect(await log.find('s', ['a.3', 'x.1', 'a.1', 'a.3'])).toEqual([3, null, 1, 3])
      expect(await log.find('s', [])).toEqual([])
      const held = await Promise.all([log.holds('s', 2, 'a.2'), log.holds('s', 0, null)])
      const not = await Promise.all([
        log.holds('s', 2, 'a.1'),
        log.holds('s', 4, 'a.4'),
        log.holds('s', 2, null),
        log.holds('s', 0, 'a.1'),
      ])
      expect(held).toEqual([true, true])
      expect(not).toEqual([false, false, false, false])
    })

    scenario('ISO-1 stores know nothing of each other', async ({ log }) => {
      await log.append('s', 0, null, run('a', 1, 2))
      expect(await log.append('S', 0, null, run('a', 2, 2))).toEqual({ kind: 'appended', seqs: [1] })
      expect(await log.append('s ', 0, null, [event('a', 1, { args: 'mine' })])).toEqual({
        kind: 'appended',
        seqs: [1],
      })
      expect(await log.find('S', ['a.1', 'a.2'])).toEqual([null, 1])
      expect(await log.holds('S', 2, 'a.2')).toBe(false)
      expect(await seqsOf(log, 's', 0, 9)).toEqual([1, 2])
    })

    scenario('of appends at once on one head exactly one wins', async ({ log }) => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => log.append('s', 0, null, run(`w${i}`, 1, 2))),
      )
      const winners = results.filter(({ kind }) => kind === 'appended')
      expect(winners).toEqual([{ kind: 'appended', seqs: [1, 2] }])
      expect(results.filter(({ kind }) => kind === 'behind').length).toBe(19)
      expect((await log.read('s', 0, 99)).length).toBe(2)
      const same = await Promise.all(Array.from({ length: 5 }, () => log.append('t', 0, null, run('a', 1, 2))))
      expect(same.map(({ kind }) => kind).sort()).toEqual(['appended', 'known', 'known', 'known', 'known'])
    })

    scenario('LOG-1 writers that race and retry lose nothing and write nothing twice', async ({ log }) => {
      const write = async (name: string) => {
        for (let n = 1; n <= 20; ) {
          const { seq, id } = await log.head('s')
          const result = await log.append('s', seq, id, run(name, n, n))
          if (result.kind === 'appended') n++
        }
      }
      await Promise.all(['a', 'b', 'c', 'd'].map(write))
      const events = await log.read('s', 0, 1_000)
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1))
      for (const name of ['a', 'b', 'c', 'd']) {
        expect(events.filter(({ sessionId }) => sessionId === name).map(({ id }) => id)).toEqual(
          run(name, 1, 20).map(({ id }) => id),
        )
      }
    })

    scenario('watch tells each new head of its store, until it is stopped', async ({ log }) => {
      const heads: LogHead[] = []
      const others: LogHead[] = []
      const stop = log.watch('s', (head) => heads.push(head))
      const stopOther = log.watch('t', (head) => others.push(head))
      await log.append('s', 0, null, run('a', 1, 2))
      await log.append('s', 0, null, run('a', 1, 2))
      await log.append('s', 1, 'a.1', run('b', 1, 1))
      expect(heads).toEqual([{ seq: 2, id: 'a.2' }])
      await log.append('s', 2, 'a.2', run('b', 1, 1))
      expect(heads.at(-1)).toEqual({ seq: 3, id: 'b.1' })
      stop()
      stop()
      await log.append('s', 3, 'b.1', run('b', 2, 2))
      expect(heads.length).toBe(2)
      expect(others).toEqual([])
      stopOther()
    })

    scenario('takes the largest commit', async ({ log }) => {
      const events = commit('a', 1, 10_000)
      const result = await log.append('s', 0, null, events)
      expect(result.kind === 'appended' && result.seqs.length === 10_000 && result.seqs.at(-1) === 10_000).toBe(true)
      expect((await log.read('s', 0, 1)).length).toBe(10_000)
      expect(
        (
          await log.find(
            's',
            events.map(({ id }) => id),
          )
        ).at(-1),
      ).toBe(10_000)
      expect((await log.append('s', 0, null, events)).kind).toBe('known')
    })

    scenario('keeps every text as it is, in names, args and store ids', async ({ log }) => {
      const texts = [
        'ä€😀',
        "'; drop table events; --",
        '"%_\\',
        'e\u0301 \u00e9',
        '\u0000\u001f\u2028\ufeff',
        '\ud800 alone',
        '',
        ' ',
        'null',
        '0',
      ]
      for (const [i, text] of texts.entries()) {
        const storeId = `store ${i} 😀'"%_\\é`
        const one = event('a', 1, { name: `v1.Ünï'"😀${i}`, args: { [`key ${text}`]: text, list: [text] } })
        await log.append(storeId, 0, null, [one])
        expect(await log.read(storeId, 0, 1)).toEqual([{ ...one, seq: 1 }])
        expect((await log.append(storeId, 0, null, [one])).kind).toBe('known')
      }
    })

    scenario('DUR-1 what was appended is there after a reopening, under the same name', async ({ log, reopen }) => {
      if (!reopen) return
      const backendId = await log.backendId()
      const events = [...commit('a', 1, 3), event('b', 1, { args: { t: 'ä😀' } })]
      await log.append('s', 0, null, events)
      const again = await reopen()
      try {
        expect(await again.backendId()).toBe(backendId)
        expect(await again.head('s')).toEqual({ seq: 4, id: 'b.1' })
        expect(await again.read('s', 0, 9)).toEqual(events.map((one, i) => ({ ...one, seq: i + 1 })))
        expect(await again.append('s', 0, null, events)).toEqual({ kind: 'known', seqs: [1, 2, 3, 4] })
        expect(await again.append('s', 4, 'b.1', run('c', 1, 1))).toEqual({ kind: 'appended', seqs: [5] })
      } finally {
        await again.close()
      }
    })
  })
}
