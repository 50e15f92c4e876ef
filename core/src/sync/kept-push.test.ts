import { expect, test } from 'vitest'
import type { ConfirmedEvent } from '../protocol/event-record.ts'
import type { DownMessage } from '../protocol/sync-messages.ts'
import { confirmed, Peer, page, sent, welcome } from './testing/peer.ts'

const behind = (ref: number, events: ConfirmedEvent[], kept?: true): DownMessage => ({
  type: 'behind',
  ref,
  events,
  head: 1,
  more: false,
  ...(kept && { kept }),
})

/** Online at head 0 with one push of these commits in the air. */
function flying(...ids: string[]): { peer: Peer; ref: number } {
  const peer = new Peer()
  for (const id of ids) peer.commit(id)
  peer.open()
  const [pull] = peer.hear(welcome(0, null)).flatMap(sent('pull'))
  const [push] = peer.hear(page(pull?.ref ?? 0, [])).flatMap(sent('push'))
  return { peer, ref: push?.ref ?? 0 }
}

test('a refused push that is kept is pushed again by its ref, with what was committed since', () => {
  const { peer, ref } = flying('a.1')
  peer.hear(behind(ref, [confirmed(1, 'f.1')], true))
  peer.commit('a.2')
  const [again] = peer.drain().flatMap(sent('push'))
  expect(again).toMatchObject({ again: ref, after: 1, afterId: 'f.1' })
  expect(again?.events.map(({ id }) => id)).toEqual(['a.2'])
})

test('SYNC-2 where the server forgot it, it is sent whole', () => {
  const { peer, ref } = flying('a.1', 'a.2')
  peer.hear(behind(ref, [confirmed(1, 'f.1')], true))
  const [again] = peer.drain().flatMap(sent('push'))
  expect(again?.events).toEqual([])
  const [whole] = peer.hear(behind(again?.ref ?? 0, [])).flatMap(sent('push'))
  expect(whole?.again).toBeUndefined()
  expect(whole?.events.map(({ id }) => id)).toEqual(['a.1', 'a.2'])
})

test('a server that keeps nothing is never asked for it', () => {
  const { peer, ref } = flying('a.1')
  peer.hear(behind(ref, [confirmed(1, 'f.1')]))
  const [push] = peer.drain().flatMap(sent('push'))
  expect(push?.again).toBeUndefined()
  expect(push?.events.map(({ id }) => id)).toEqual(['a.1'])
})

test('LOG-1 what is kept is not built on where a commit of it is not pending any more', () => {
  const { peer, ref } = flying('a.1', 'a.2')
  peer.hear(behind(ref, [confirmed(1, 'f.1')], true))
  peer.log.pending.shift()
  const [push] = peer.drain().flatMap(sent('push'))
  expect(push?.again).toBeUndefined()
  expect(push?.events.map(({ id }) => id)).toEqual(['a.2'])
})
