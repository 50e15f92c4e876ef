import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import type { LeaderMessage } from '../protocol/leader-messages.ts'
import { commitOf, confirmed, record } from '../sync/testing/peer.ts'
import { OwnCommits } from './own-commits.ts'
import { OwnVerdicts } from './own-verdicts.ts'
import { Wanted } from './wanted.ts'

type Log = Extract<LeaderMessage, { type: 'log' }>
type Advance = Extract<LeaderMessage, { type: 'advance' }>

function log(part: Partial<Log> = {}): Log {
  const base = { type: 'log' as const, dbId: 'd', clientId: 'c', after: 0, events: [], local: [], localHead: 0 }
  return { ...base, more: false, pending: [], outcomes: [], ...part }
}

function advance(part: Partial<Advance> = {}): Advance {
  const base = { type: 'advance' as const, n: 1, after: 0, confirmed: [], pendingAdded: [], rejected: [], local: [] }
  return { ...base, localHead: 0, quarantined: [], ...part }
}

function fresh() {
  const own = new OwnCommits()
  return { own, wanted: new Wanted(own) }
}

const ids = (commits: readonly (readonly { id: string }[])[]) => commits.map((commit) => commit.map(({ id }) => id))

describe('answers to hellos', () => {
  test('LOG-1 two hellos answered from one position bring local events once', () => {
    const { wanted } = fresh()
    wanted.answer(log({ local: commitOf('l.1', 'l.2'), localHead: 2 }))
    wanted.answer(log({ local: [...commitOf('l.1', 'l.2'), record('l.3')], localHead: 3 }))
    expect(ids(wanted.take().target.local)).toEqual([['l.1', 'l.2'], ['l.3']])
    expect(wanted.localHead).toBe(3)
  })

  test('SESS-1 a page before the last takes what it confirms out of pending and out of unacked', () => {
    const { own, wanted } = fresh()
    own.add(commitOf('me.1'), false)
    wanted.answer(log({ pending: commitOf('p.1'), outcomes: [{ id: 'me.1', state: 'unknown' }] }))
    wanted.take()
    expect(wanted.confirm([confirmed(1, 'p.1'), confirmed(2, 'me.1'), confirmed(3, 'f.1')])).toBe(true)
    const { target, tidings } = wanted.take()
    expect(ids(target.confirmed)).toEqual([['p.1'], ['me.1'], ['f.1']])
    expect([target.pending, target.unacked]).toEqual([[], []])
    expect(tidings.confirmed).toEqual(['me.1'])
  })

  test('what overlaps is trimmed, what leaves a gap is refused', () => {
    const { wanted } = fresh()
    expect(wanted.confirm([confirmed(1, 'a.1'), confirmed(2, 'a.2')])).toBe(true)
    expect(wanted.confirm([confirmed(2, 'a.2'), confirmed(3, 'a.3')])).toBe(true)
    expect(wanted.confirm([confirmed(5, 'a.5')])).toBe(false)
    expect(wanted.head).toBe(3)
  })

  test('LOG-4 what a leader does not know waits again, each commit in its old place', () => {
    const { own, wanted } = fresh()
    for (const id of ['me.1', 'me.2', 'me.3']) own.add(commitOf(id), false)
    wanted.advance(advance({ pendingAdded: ['me.1', 'me.2'] }))
    wanted.answer(log({ outcomes: ['me.1', 'me.2', 'me.3'].map((id) => ({ id, state: 'unknown' as const })) }))
    expect(ids(wanted.take().target.unacked)).toEqual([['me.1'], ['me.2'], ['me.3']])
  })

  test('a rejection names all events of the commit', () => {
    const { own, wanted } = fresh()
    own.add(commitOf('me.1', 'me.2'), false)
    const error = { code: 'sync/rejected' as const, message: '', details: {}, retry: 'no' as const }
    wanted.answer(log({ outcomes: [{ id: 'me.1', state: 'rejected', error }] }))
    const { target, tidings } = wanted.take()
    expect(tidings.rejected).toEqual([{ ids: ['me.1', 'me.2'], error }])
    expect(target.unacked).toEqual([])
  })
})

test('LOG-1 a commit that two hellos have sent is told once that it is rejected', () => {
  const { own, wanted } = fresh()
  const error = new StoreError('sync/rejected', 'no').toJSON()
  const { receipt } = own.add(commitOf('me.1'), false)
  const rejected = [{ ids: ['me.1'], error }]
  wanted.advance(advance({ rejected }))
  expect(wanted.take().tidings.rejected).toEqual(rejected)
  new OwnVerdicts(own).reject('me.1', error)
  wanted.advance(advance({ n: 2, refused: rejected }))
  wanted.answer(log({ outcomes: [{ id: 'me.1', state: 'rejected', error }] }))
  expect(wanted.take().tidings.rejected).toEqual([])
  return expect(receipt.acked).rejects.toMatchObject({ code: 'sync/rejected' })
})

describe('advances', () => {
  test.each<[string, Partial<Advance>]>([
    ['does not continue the head', { after: 3 }],
    ['does not continue the local log', { local: [record('l.9')], localHead: 9 }],
    ['names an event that is not here', { confirmed: ['ghost.1'] }],
  ])('one that %s is refused, and changes nothing', (_, part) => {
    const { wanted } = fresh()
    expect(wanted.advance(advance(part))).toBe(false)
    expect([wanted.head, wanted.localHead, wanted.pendingEvents]).toEqual([0, 0, 0])
  })

  test('own commits go from unacked to pending to confirmed, told by their ids', () => {
    const { own, wanted } = fresh()
    const { receipt } = own.add(commitOf('me.1', 'me.2'), false)
    expect(wanted.advance(advance({ pendingAdded: ['me.1', 'me.2'] }))).toBe(true)
    expect([ids(wanted.take().target.pending), own.unacked.length]).toEqual([[['me.1', 'me.2']], 0])
    expect(wanted.advance(advance({ n: 2, confirmed: ['me.1', 'me.2'] }))).toBe(true)
    const { target, tidings } = wanted.take()
    expect(target.confirmed.flat().map(({ seq, id }) => [seq, id])).toEqual([
      [1, 'me.1'],
      [2, 'me.2'],
    ])
    expect([target.pending, tidings.confirmed]).toEqual([[], ['me.1']])
    return receipt.acked
  })
})

test('SESS-1 a commit refused for its id takes nothing from the other one of that id', () => {
  const { own, wanted } = fresh()
  own.add([record('me.1')], false)
  const other = { ...record('me.1'), at: 1 }
  const error = new StoreError('sync/id-conflict', 'twice').toJSON()
  wanted.advance(advance({ pendingAdded: [other], refused: [{ ids: ['me.1'], error }] }))
  const { target, tidings } = wanted.take()
  expect(target.pending).toEqual([[other]])
  expect([target.unacked, tidings.rejected.length]).toEqual([[], 1])
})

test('SESS-1 a local commit stays where another’s event of its id is confirmed in the same advance', () => {
  const { own, wanted } = fresh()
  own.add([record('me.1')], true)
  const other = { ...confirmed(1, 'me.1'), at: 1 }
  expect(wanted.advance(advance({ confirmed: [other], local: ['me.1'], localHead: 1 }))).toBe(true)
  const { target, tidings } = wanted.take()
  expect([target.confirmed, ids(target.local)]).toEqual([[[other]], [['me.1']]])
  expect(tidings).toMatchObject({ confirmed: [], rejected: [] })
})
