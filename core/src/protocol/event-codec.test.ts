import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8Length } from '../base/json-size.ts'
import { eventBytes } from './event-codec.ts'
import { eventId } from './event-record.ts'
import { mostEventBytes } from './event-size.ts'

test('eventBytes is the length of the event as JSON', () => {
  const id = fc.string({ unit: fc.constantFrom(...'0aZ_-'), minLength: 1, maxLength: 20 })
  const record = fc.record({
    clientId: id,
    sessionId: id,
    n: fc.integer({ min: 1 }),
    name: fc.string({ unit: 'binary', minLength: 1 }),
    args: fc.jsonValue({ stringUnit: 'binary' }),
    parent: fc.nat(),
    at: fc.maxSafeInteger(),
    joined: fc.boolean(),
  })
  fc.assert(
    fc.property(record, ({ n, name, args, clientId, sessionId, parent, at, joined }) => {
      const event = { id: eventId(sessionId, n), name, args: args as never, clientId, sessionId, parent, at }
      const whole = joined ? { ...event, joined } : event
      expect(eventBytes(whole as never)).toBe(utf8Length(JSON.stringify(whole)))
      expect(mostEventBytes(whole as never)).toBeGreaterThanOrEqual(eventBytes(whole as never))
    }),
  )
})
