import { describe, expect, test } from 'vitest'
import type { ConfirmedEvent } from '../protocol/event-record.ts'
import type { LeaderMessage } from '../protocol/leader-messages.ts'
import type { LeaderChannel } from './guest.ts'
import { LeaderSession } from './leader-session.ts'
import { noNews } from './leader-work.ts'

function live(): { session: LeaderSession; told: LeaderMessage[]; tell(events: number): void } {
  const told: LeaderMessage[] = []
  const channel: LeaderChannel = { send: ({ message }) => told.push(message), listen: () => {}, close: () => {} }
  const session = new LeaderSession(channel, 1)
  session.goLive()
  return {
    session,
    told,
    tell(events) {
      const confirmed = Array.from({ length: events }, (_, i) => ({ id: `s.${i + 1}` }) as ConfirmedEvent)
      session.tell({ ...noNews(0), confirmed }, 0)
    },
  }
}

describe('BND-1 a session that does not follow', () => {
  test('is cut off after so many advances', () => {
    const { session, told, tell } = live()
    for (let i = 0; i < 600; i++) tell(1)
    expect(told.length).toBe(513)
    expect(session.live).toBe(false)
  })

  test('is cut off after so many events, however few advances they came in', () => {
    const { session, told, tell } = live()
    for (let i = 0; i < 20; i++) tell(10_000)
    expect(told.length).toBe(6)
    expect(session.saw(5)).toBe(false)
    expect(session.saw(6)).toBe(true)
    session.goLive()
    tell(10_000)
    expect(session.live).toBe(true)
  })

  test('gets one advance of any length, and those that it keeps up with', () => {
    const { session, told, tell } = live()
    for (let n = 1; n <= 5; n++) {
      tell(60_000)
      expect(session.saw(n)).toBe(false)
    }
    expect([session.live, told.length]).toEqual([true, 5])
  })
})
