import { describe, expect, test } from 'vitest'
import { type DownMessage, defaultLimits } from '../protocol/sync-messages.ts'
import { PIPELINE } from './push-policy.ts'
import { brief, confirmed, Peer, page, sent, welcome } from './testing/peer.ts'

const pushed = (ref: number, ...seqs: number[]): DownMessage => ({ type: 'pushed', ref, seqs })
const behind = (ref: number, events: ReturnType<typeof confirmed>[], head: number, more = false): DownMessage => ({
  type: 'behind',
  ref,
  events,
  head,
  more,
})
const refs = (peer: Peer) => peer.effects.flatMap(sent('push')).map((push) => push.ref)

/** Online at head 0 with one push per commit in the air. */
function flying(...ids: string[]): { peer: Peer; refs: number[] } {
  const peer = new Peer().online()
  for (const id of ids) peer.commit(id)
  return { peer, refs: refs(peer) }
}

describe('connecting', () => {
  test('a line is greeted with head, id and backend', () => {
    const peer = new Peer({ confirmed: [confirmed(1, 'x.1')] })
    expect(peer.state.opened('t')).toEqual([
      {
        type: 'send',
        message: {
          type: 'hello',
          protocol: 1,
          storeId: 's',
          clientId: 'c',
          head: 1,
          headId: 'x.1',
          token: 't',
          backendId: 'b',
        },
      },
    ])
    expect(peer.state.phase).toBe('greeting')
  })

  test('SYNC-1 pull comes before push: nothing pending leaves until the last page is applied', () => {
    const peer = new Peer()
    expect(brief(peer.commit('a.1'))).toEqual([])
    peer.open()
    const [pull] = peer.hear(welcome(3, 'f.3')).flatMap(sent('pull'))
    expect(brief(peer.hear(page(pull!.ref, [confirmed(1, 'f.1')], 3, true)))).toEqual([])
    expect(brief(peer.hear(page(pull!.ref, [confirmed(2, 'f.2'), confirmed(3, 'f.3')], 3)))).toEqual([
      'receive 1:f.1 2:f.2 3:f.3',
    ])
    expect(peer.state.phase).toBe('online')
    expect(brief(peer.commit('a.2'))).toEqual([])
    expect(brief(peer.drain())).toEqual(['push a.1 a.2 after 3:f.3'])
  })

  test.each<[string, DownMessage, string[]]>([
    ['another backend', welcome(1, 'x.1', 'other'), ['stop sync/backend-mismatch']],
    ['a shorter log', welcome(0, null), ['stop sync/backend-mismatch']],
    ['another protocol', { ...welcome(1, 'x.1'), protocol: 2 } as DownMessage, ['stop protocol/version']],
    ['the same head', welcome(1, 'x.1'), ['pull after 1:x.1']],
    ['a longer log', welcome(9, 'x.9'), ['pull after 1:x.1']],
  ])('a store that was synced meets %s', (_, message, effects) => {
    const peer = new Peer({ confirmed: [confirmed(1, 'x.1')] })
    peer.open()
    expect(brief(peer.hear(message))).toEqual(effects)
  })

  test('a stopped state stays stopped when its line ends, and opens only on demand', () => {
    const peer = new Peer()
    peer.open()
    peer.hear(welcome(0, null, 'other'))
    peer.state.closed()
    expect(peer.state.phase).toBe('stopped')
    expect(brief(peer.commit('a.1'))).toEqual([])
  })

  test('what is in the air when a line ends has an unknown outcome: the next one pulls before it is pushed again', () => {
    const { peer } = flying('a.1')
    peer.state.closed()
    expect(peer.state.inFlight).toBe(0)
    expect(brief(peer.drain())).toEqual([])
    peer.open()
    const effects = peer.hear(welcome(1, 'a.1'))
    expect(brief(effects)).toEqual(['pull after 0:null'])
    const { ref } = effects.flatMap(sent('pull'))[0]!
    expect(brief(peer.hear(page(ref, [confirmed(1, 'a.1')])))).toEqual(['receive 1:a.1'])
    expect(brief(peer.drain())).toEqual([])
    expect(peer.log.pending).toEqual([])
  })

  test('answers of an earlier line are nobody’s', () => {
    const { peer, refs } = flying('a.1')
    peer.state.closed()
    peer.online()
    peer.effects = []
    expect(brief(peer.hear(pushed(refs[0]!, 1)))).toEqual([])
    expect(brief(peer.hear(behind(refs[0]!, [], 3)))).toEqual([])
    expect(
      brief(peer.hear({ type: 'rejected', ref: refs[0]!, eventId: 'a.1', code: 'sync/rejected', message: '' })),
    ).toEqual([])
  })
})

describe('pages', () => {
  test('what overlaps is trimmed', () => {
    const peer = new Peer({ confirmed: [confirmed(1, 'f.1')] })
    peer.open()
    const [pull] = peer.hear(welcome(2, 'f.2')).flatMap(sent('pull'))
    expect(brief(peer.hear(page(pull!.ref, [confirmed(1, 'f.1'), confirmed(2, 'f.2')])))).toEqual(['receive 2:f.2'])
  })

  test('what leaves a gap is dropped and asked for again', () => {
    const peer = new Peer()
    peer.open()
    const [pull] = peer.hear(welcome(5, 'f.5')).flatMap(sent('pull'))
    expect(brief(peer.hear(page(pull!.ref, [confirmed(3, 'f.3')], 5)))).toEqual(['stop', 'pull after 0:null'])
    expect(brief(peer.hear(page(pull!.ref, [confirmed(1, 'f.1')], 5)))).toEqual([])
  })

  test('BND-1 pages that go on for long are handed over in between', () => {
    const peer = new Peer()
    peer.open()
    const [pull] = peer.hear(welcome(60_000, 'f.60000')).flatMap(sent('pull'))
    const all = Array.from({ length: 21_000 }, (_, i) => confirmed(i + 1, `f.${i + 1}`))
    let handed = 0
    for (let i = 0; i < all.length; i += 1_000) {
      const effects = peer.hear(page(pull!.ref, all.slice(i, i + 1_000), 60_000, true))
      for (const effect of effects) if (effect.type === 'receive') handed += effect.events.length
    }
    expect(handed).toBe(20_000)
    expect(peer.state.gathering).toBe(true)
    expect(brief(peer.state.gathered()).length).toBe(1)
    expect(peer.state.gathering).toBe(false)
  })

  test('LOG-3 a page that ends within a commit is an error of the server, and not taken', () => {
    const peer = new Peer()
    peer.open()
    const [pull] = peer.hear(welcome(2, 'f.2')).flatMap(sent('pull'))
    expect(brief(peer.hear(page(pull!.ref, [confirmed(1, 'f.1', true)], 2)))).toEqual(['close protocol/malformed'])
  })
})

describe('pushes', () => {
  test(`up to ${PIPELINE} are in the air, each built on the one before`, () => {
    const peer = new Peer().online()
    for (let i = 1; i <= PIPELINE + 1; i++) peer.commit(`a.${i}`)
    expect(brief(peer.effects)).toEqual([
      'push a.1 after 0:null',
      'push a.2 after 1:a.1',
      'push a.3 after 2:a.2',
      'push a.4 after 3:a.3',
    ])
    const [first] = refs(peer)
    expect(brief(peer.hear(pushed(first!, 1)))).toEqual(['confirm a.1 from 1', 'push a.5 after 4:a.4'])
  })

  test('on a transport without order there is one at a time', () => {
    const peer = new Peer({ ordered: false }).online()
    peer.commit('a.1')
    peer.commit('a.2')
    expect(brief(peer.effects)).toEqual(['push a.1 after 0:null'])
  })

  test('LOG-1 an answered commit is not pushed again before the leader took it out of pending', () => {
    const { peer, refs } = flying('a.1')
    peer.hear(pushed(refs[0]!, 1))
    expect(brief(peer.commit('a.2'))).toEqual(['push a.2 after 1:a.1'])
    expect(brief(peer.drain())).toEqual([])
  })

  test('behind: the missing events are taken, nothing joins the broken pipeline, then all is pushed again in order', () => {
    const { peer, refs } = flying('a.1', 'a.2')
    expect(brief(peer.hear(behind(refs[0]!, [confirmed(1, 'f.1')], 1)))).toEqual(['receive 1:f.1'])
    expect(brief(peer.commit('a.3'))).toEqual([])
    expect(brief(peer.drain())).toEqual([])
    expect(brief(peer.hear(behind(refs[1]!, [], 1)))).toEqual(['push a.1 a.2 a.3 after 1:f.1'])
  })

  test('SYNC-1 rebase comes before push: a push waits until what is foreign is applied', () => {
    const { peer, refs } = flying('a.1')
    peer.hear(behind(refs[0]!, [confirmed(1, 'f.1')], 1))
    expect(brief(peer.commit('a.2'))).toEqual([])
    expect(brief(peer.drain())).toEqual(['push a.1 a.2 after 1:f.1'])
  })

  test('behind with more waits for the pages that follow', () => {
    const { peer, refs } = flying('a.1')
    expect(brief(peer.hear(behind(refs[0]!, [confirmed(1, 'f.1')], 2, true)))).toEqual([])
    expect(brief(peer.hear(page(refs[0]! - 1, [confirmed(1, 'f.1'), confirmed(2, 'f.2')])))).toEqual([
      'receive 1:f.1 2:f.2',
    ])
  })

  test('a foreign page under a push that is in the air breaks the pipeline', () => {
    const { peer, refs } = flying('a.1')
    const pullRef = refs[0]! - 1
    expect(brief(peer.hear(page(pullRef, [confirmed(1, 'f.1')])))).toEqual(['receive 1:f.1'])
    expect(brief(peer.drain())).toEqual([])
    expect(brief(peer.commit('a.2'))).toEqual([])
    expect(brief(peer.hear(behind(refs[0]!, [confirmed(1, 'f.1')], 1)))).toEqual(['push a.1 a.2 after 1:f.1'])
  })

  test('a page that brings our own push before its answer confirms it once', () => {
    const { peer, refs } = flying('a.1')
    expect(brief(peer.hear(page(refs[0]! - 1, [confirmed(1, 'a.1')])))).toEqual(['receive 1:a.1'])
    expect(brief(peer.hear(pushed(refs[0]!, 1)))).toEqual([])
  })

  test('pushed further up than we have read means pull', () => {
    const { peer, refs } = flying('a.1')
    expect(brief(peer.hear(pushed(refs[0]!, 3)))).toEqual(['stop', 'pull after 0:null'])
    expect(peer.state.phase).toBe('pulling')
  })

  test('LOG-2 pushed to places that are no run means pull: no place is guessed', () => {
    const peer = new Peer().online()
    peer.commit('a.1', 'a.2')
    expect(brief(peer.hear(pushed(refs(peer)[0]!, 1, 3)))).toEqual(['stop', 'pull after 0:null'])
    const other = new Peer().online()
    other.commit('a.1', 'a.2')
    expect(brief(other.hear(pushed(refs(other)[0]!, 1)))).toEqual(['stop', 'pull after 0:null'])
  })

  test('SYNC-2 a rejected commit is handed to the leader, and the others are pushed after that', () => {
    const peer = new Peer().online()
    peer.log.pending.push(...[['a.1'], ['a.2'], ['a.3']].map(([id]) => [{ ...confirmed(0, id!) }]))
    peer.commit('a.4')
    const [ref] = refs(peer)
    expect(
      brief(peer.hear({ type: 'rejected', ref: ref!, eventId: 'a.2', code: 'sync/rejected', message: 'no' })),
    ).toEqual(['reject a.2 sync/rejected'])
    expect(brief(peer.commit('a.5'))).toEqual([])
    expect(brief(peer.drain())).toEqual(['push a.1 a.3 a.4 a.5 after 0:null'])
  })

  test('LOG-1 a rejection is not offered again on the next line before the leader has it', () => {
    const { peer, refs } = flying('a.1')
    peer.hear({ type: 'rejected', ref: refs[0]!, eventId: 'a.1', code: 'sync/rejected', message: 'no' })
    const rejection = peer.effects
    peer.state.closed()
    peer.open()
    const [pull] = peer.hear(welcome(0, null)).flatMap(sent('pull'))
    expect(brief(peer.hear(page(pull!.ref, [])))).toEqual([])
    peer.effects = rejection
    expect(brief(peer.drain())).toEqual([])
    expect(peer.log.pending).toEqual([])
  })

  test('SYNC-2 a commit beyond the server’s limits is rejected, and holds up nobody', () => {
    const peer = new Peer()
    peer.open()
    const limits = { ...defaultLimits, commitEvents: 2 }
    const [pull] = peer.hear({ ...welcome(0, null), limits } as DownMessage).flatMap(sent('pull'))
    peer.hear(page(pull!.ref, []))
    expect(brief(peer.commit('a.1', 'a.2', 'a.3'))).toEqual(['reject a.1 sync/too-large'])
    expect(brief(peer.commit('a.4'))).toEqual([])
    expect(brief(peer.drain())).toEqual(['push a.4 after 0:null'])
  })
})

describe('errors', () => {
  const error = (code: string, retry: string, ref?: number) =>
    ({ type: 'error', code, retry, message: 'm', ...(ref !== undefined && { ref }) }) as DownMessage

  test.each<[string, DownMessage, string[], string]>([
    ['a refused token', error('sync/unauthorized', 'no'), ['token refused', 'close sync/unauthorized'], 'online'],
    ['a store that is forbidden', error('sync/forbidden', 'no'), ['stop sync/forbidden'], 'stopped'],
    ['a limit', error('sync/limit', 'backoff'), ['close sync/limit'], 'online'],
    ['another history', error('sync/backend-mismatch', 'no', 1), ['stop sync/backend-mismatch'], 'stopped'],
  ])('%s', (_, message, effects, phase) => {
    const peer = new Peer().online()
    expect(brief(peer.hear(message))).toEqual(effects)
    expect(peer.state.phase).toBe(phase)
  })

  test('an identity that may only read goes on reading, and pushes again once it has another token', () => {
    const { peer, refs } = flying('a.1')
    expect(brief(peer.hear(error('sync/forbidden', 'no', refs[0]!)))).toEqual(['report sync/forbidden'])
    expect([peer.state.phase, peer.state.readOnly]).toEqual(['online', true])
    expect(brief(peer.hear(page(refs[0]! - 1, [confirmed(1, 'f.1')])))).toEqual(['receive 1:f.1'])
    expect(brief(peer.drain())).toEqual([])
    expect(brief(peer.take(peer.state.renewed(peer.log)))).toEqual(['push a.1 after 1:f.1'])
  })

  test('SYNC-2 a push that was refused under the token before is pushed again under the new one', () => {
    const { peer, refs } = flying('a.1', 'a.2')
    expect(brief(peer.take(peer.state.renewed(peer.log)))).toEqual([])
    expect(brief(peer.hear(error('sync/forbidden', 'no', refs[0]!)))).toEqual([])
    const again = peer.hear(error('sync/forbidden', 'no', refs[1]!))
    expect(brief(again)).toEqual(['push a.1 a.2 after 0:null'])
    const [push] = again.flatMap(sent('push'))
    expect(brief(peer.hear(error('sync/forbidden', 'no', push!.ref)))).toEqual(['report sync/forbidden'])
    expect(peer.state.readOnly).toBe(true)
  })

  test('SYNC-2 a server that could not tell whether a push is allowed is asked again by the next connection', () => {
    const { peer, refs } = flying('a.1')
    expect(brief(peer.hear(error('sync/forbidden', 'backoff', refs[0]!)))).toEqual(['close sync/forbidden'])
    expect(peer.state.readOnly).toBe(false)
  })
})

describe('a history made without a backend', () => {
  const history = [confirmed(1, 'a.1'), confirmed(2, 'a.2', true), confirmed(3, 'a.3')]
  const alone = (log = history) => {
    const peer = new Peer({ confirmed: [...log], backendId: null })
    peer.open()
    return peer
  }

  test('an empty store adopts any backend', () => {
    expect(brief(alone([]).hear(welcome(7, 'f.7')))).toEqual(['adopt b', 'pull after 0:null'])
  })

  test('goes to an empty backend, then that one is adopted', () => {
    const peer = alone()
    expect(brief(peer.hear(welcome(0, null)))).toEqual(['push a.1 a.2 a.3 after 0:null'])
    expect(peer.state.phase).toBe('uploading')
    expect(brief(peer.hear(pushed(refs(peer)[0]!, 1, 2, 3)))).toEqual(['adopt b', 'pull after 3:a.3'])
  })

  test('new commits stay pending meanwhile', () => {
    const peer = alone()
    peer.hear(welcome(0, null))
    expect(brief(peer.commit('a.4'))).toEqual([])
    expect(brief(peer.drain())).toEqual([])
    const [pull] = peer.hear(pushed(1, 1, 2, 3)).flatMap(sent('pull'))
    expect(brief(peer.hear(page(pull!.ref, [], 3)))).toEqual(['push a.4 after 3:a.3'])
  })

  test.each([
    ['a commit of it is refused', { type: 'rejected', eventId: 'a.1', code: 'sync/rejected' }],
    ['it may not be written', { type: 'error', retry: 'no', code: 'sync/forbidden' }],
  ] as const)('SYNC-2 %s: it stops and says why, instead of offering the same again and again', (_, answer) => {
    const peer = alone()
    peer.hear(welcome(0, null))
    expect(brief(peer.hear({ ...answer, ref: refs(peer)[0]!, message: 'no' }))).toEqual([`stop ${answer.code}`])
    expect(brief(peer.drain())).toEqual([])
    expect(peer.state.phase).toBe('stopped')
  })

  test('a cut upload goes on where it was cut', () => {
    expect(brief(alone().hear(welcome(1, 'a.1')))).toEqual(['push a.2 a.3 after 1:a.1'])
  })

  test('LOG-2 a backend with other events is refused, and nothing touched', () => {
    expect(brief(alone().hear(welcome(1, 'f.1')))).toEqual(['stop sync/backend-mismatch'])
  })

  test('an upload that was overtaken greets again: the welcome tells whose events they are', () => {
    const peer = alone()
    peer.hear(welcome(0, null))
    expect(brief(peer.hear(behind(1, [confirmed(1, 'a.1')], 1)))).toEqual(['close sync/offline'])
    peer.state.closed()
    peer.open()
    expect(brief(peer.hear(welcome(1, 'a.1')))).toEqual(['push a.2 a.3 after 1:a.1'])
  })

  test('an upload whose end was not heard of, with others’ events on top, is found again by a pull', () => {
    const peer = alone()
    const [pull] = peer.hear(welcome(5, 'f.5')).flatMap(sent('pull'))
    expect(brief([{ type: 'send', message: pull! }])).toEqual(['pull after 3:a.3'])
    expect(peer.state.backendId).toBe(null)
    expect(brief(peer.hear(page(pull!.ref, [confirmed(4, 'f.4'), confirmed(5, 'f.5')])))).toEqual([
      'adopt b',
      'receive 4:f.4 5:f.5',
    ])
  })

  test('given other places by the backend it stops', () => {
    const peer = alone()
    peer.hear(welcome(0, null))
    expect(brief(peer.hear(pushed(1, 2, 3, 4)))).toEqual(['stop sync/backend-mismatch'])
  })
})
