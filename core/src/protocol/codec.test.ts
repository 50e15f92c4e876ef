import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { downMessages, upMessages } from '../testing/arbitrary-messages.ts'
import { decodeDown, decodeUp, encodeDown, encodeUp } from './codec.ts'
import { defaultLimits, PROTOCOL_VERSION, type UpMessage } from './sync-messages.ts'

const event = { id: 's.1', name: 'v1.A', args: {}, clientId: 'c', sessionId: 's', parent: 0, at: 5 }
const push = { type: 'push', ref: 1, after: 0, afterId: null, events: [event] }
const hello = { type: 'hello', protocol: PROTOCOL_VERSION, storeId: 'a', clientId: 'c', head: 0, headId: null }

function refusal(
  message: unknown,
  decode: (text: string) => unknown = (text) => decodeUp(text, defaultLimits),
): StoreError {
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  try {
    decode(text)
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error(`accepted ${text.slice(0, 200)}`)
}

describe('codec', () => {
  test('every message comes back as it was', () => {
    fc.assert(
      fc.property(upMessages, (message) => {
        expect(decodeUp(encodeUp(message), defaultLimits)).toStrictEqual(message)
      }),
    )
    fc.assert(
      fc.property(downMessages, (message) => {
        expect(decodeDown(encodeDown(message))).toStrictEqual(message)
      }),
    )
  })

  test('a mutated frame is a valid message or a StoreError, nothing else', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat(12),
      insert: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom('"', '{', '}', '[', ']', ',', '-1', '1e999', 'null', '"__proto__":', '\\u0000'),
      ),
    })
    const mutated = (text: string, edits: { at: number; remove: number; insert: string }[]) =>
      edits.reduce((now, { at, remove, insert }) => {
        const from = at % (now.length + 1)
        return now.slice(0, from) + insert + now.slice(from + remove)
      }, text)
    fc.assert(
      fc.property(
        fc.oneof(upMessages.map(encodeUp), downMessages.map(encodeDown)),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          const frame = mutated(text, edits)
          for (const [decode, encode] of [
            [(t: string) => decodeUp(t, defaultLimits), encodeUp],
            [decodeDown, encodeDown],
          ] as const) {
            try {
              const message = decode(frame)
              expect(decode((encode as (m: unknown) => string)(message))).toStrictEqual(message)
            } catch (error) {
              expect(error).toBeInstanceOf(StoreError)
            }
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('unknown fields are dropped, at every level', () => {
    const frame = {
      ...push,
      extra: 1,
      constructor: 2,
      events: [{ ...event, seq: 9, toString: 'x' }],
      part: { index: 0, last: true, x: 1 },
    }
    expect(decodeUp(JSON.stringify(frame), defaultLimits)).toStrictEqual({ ...push, part: { index: 0, last: true } })
  })

  test('a refusal names its field', () => {
    const cases: [message: unknown, field: string][] = [
      [{ type: 'nonsense' }, 'type'],
      [{}, 'type'],
      [[], 'frame'],
      [null, 'frame'],
      ['{', 'frame'],
      ['{"type":"ping","rtt":1,"__proto__":{}}', 'frame'],
      [{ ...hello, storeId: '' }, 'storeId'],
      [{ ...hello, storeId: 'x'.repeat(201) }, 'storeId'],
      [{ ...hello, storeId: 'a\nb' }, 'storeId'],
      [{ ...hello, storeId: '\ud800' }, 'storeId'],
      [{ ...hello, clientId: 'a b' }, 'clientId'],
      [{ ...hello, clientId: 'x'.repeat(65) }, 'clientId'],
      [{ ...hello, head: -1 }, 'head'],
      [{ ...hello, head: 1.5 }, 'head'],
      [{ ...hello, head: 2 ** 53 }, 'head'],
      [{ ...hello, head: '0' }, 'head'],
      [{ ...hello, head: 1 }, 'headId'],
      [{ ...hello, headId: 's.1' }, 'headId'],
      [{ ...hello, token: 5 }, 'token'],
      [{ ...hello, backendId: null }, 'backendId'],
      [{ ...push, events: [] }, 'events'],
      [{ ...push, events: {} }, 'events'],
      [{ ...push, events: [event, 7] }, 'events[1].event'],
      [{ ...push, events: [event, { ...event, id: 's.0' }] }, 'events[1].id'],
      [{ ...push, events: [{ ...event, id: 's.01' }] }, 'events[0].id'],
      [{ ...push, events: [{ ...event, id: 't.1' }] }, 'events[0].id'],
      [{ ...push, events: [{ ...event, id: 's.9007199254740993' }] }, 'events[0].id'],
      [{ ...push, events: [{ ...event, name: '' }] }, 'events[0].name'],
      [{ ...push, events: [{ ...event, name: 'x'.repeat(201) }] }, 'events[0].name'],
      [{ ...push, events: [{ ...event, joined: 1 }] }, 'events[0].joined'],
      [{ ...push, events: [{ ...event, at: 0.5 }] }, 'events[0].at'],
      [{ ...push, events: [{ ...event, args: undefined }] }, 'events[0].args'],
      [JSON.stringify(push).replace('"args":{}', '"args":{"a":[{"__proto__":{"x":1}}]}'), 'events[0].args'],
      [JSON.stringify(push).replace('"args":{}', '"args":1e999'), 'events[0].args'],
      [JSON.stringify(push).replace('"args":{}', `"args":${'['.repeat(33)}${']'.repeat(33)}`), 'events[0].args'],
      [{ ...push, again: -1 }, 'again'],
      [{ ...push, again: 1, events: [], part: { index: 0, last: true } }, 'events'],
      [{ ...push, part: null }, 'part'],
      [{ ...push, part: { index: -1, last: true } }, 'part.index'],
      [{ ...push, afterId: undefined }, 'afterId'],
      [{ type: 'pull', ref: 1, after: 0, afterId: null, limit: 0, live: true }, 'limit'],
      [{ type: 'pull', ref: 1, after: 0, afterId: null, limit: 1 }, 'live'],
      [{ type: 'ping', rtt: -1 }, 'rtt'],
      [{ type: 'stop' }, 'ref'],
    ]
    for (const [message, field] of cases) {
      const error = refusal(message)
      expect(error.code, field).toBe('protocol/malformed')
      expect(error.details.field, JSON.stringify(message)).toBe(field)
    }
    const page = {
      type: 'page',
      ref: 1,
      events: [
        { ...event, seq: 1 },
        { ...event, seq: 3 },
      ],
      head: 3,
      more: false,
    }
    expect(refusal(page, decodeDown).details.field).toBe('events[1].seq')
    expect(refusal({ ...page, events: [{ ...event, seq: 4 }] }, decodeDown).details.field).toBe('head')
    expect(refusal({ type: 'error', code: 'x/y', retry: 'no', message: '' }, decodeDown).details.field).toBe('code')
  })

  test('depth 32 passes, 33 does not', () => {
    const nested = (depth: number) =>
      JSON.stringify(push).replace('"args":{}', `"args":${'['.repeat(depth)}${']'.repeat(depth)}`)
    expect((decodeUp(nested(32), defaultLimits) as Extract<UpMessage, { type: 'push' }>).events).toHaveLength(1)
    expect(refusal(nested(33)).code).toBe('protocol/malformed')
    expect(refusal(nested(200_000)).code).toBe('protocol/malformed')
  })

  test('a frame of the limit passes, one byte more does not; bytes are UTF-8 bytes', () => {
    const text = JSON.stringify({ ...push, events: [{ ...event, args: 'ä€😀' }] })
    const bytes = new TextEncoder().encode(text).length
    const limits = { ...defaultLimits, frameBytes: bytes }
    expect(decodeUp(text, limits).type).toBe('push')
    expect(refusal(text, (t) => decodeUp(t, { ...limits, frameBytes: bytes - 1 })).code).toBe('sync/too-large')
    expect(refusal(text, (t) => decodeDown(t, bytes - 1)).code).toBe('sync/too-large')
  })

  test('a push of the event limit passes, one more does not', () => {
    const limits = { ...defaultLimits, commitEvents: 3 }
    const events = (n: number) => Array.from({ length: n }, (_, i) => ({ ...event, id: `s.${i + 1}` }))
    expect(decodeUp(JSON.stringify({ ...push, events: events(3) }), limits).type).toBe('push')
    expect(refusal({ ...push, events: events(4) }, (t) => decodeUp(t, limits)).code).toBe('sync/too-large')
  })

  test('another protocol is told apart from nonsense, whatever else it says', () => {
    expect(refusal({ type: 'hello', protocol: PROTOCOL_VERSION + 1, what: 'ever' }).code).toBe('protocol/version')
    expect(refusal({ type: 'welcome', protocol: PROTOCOL_VERSION + 1 }, decodeDown).code).toBe('protocol/version')
  })

  test('decoding pollutes nothing and passes no object of the frame but args', () => {
    const text = JSON.stringify(push).replace('"args":{}', '"args":{"constructor":{"prototype":{"x":1}}}')
    const message = decodeUp(text, defaultLimits)
    expect(message).toMatchObject({ events: [{ args: { constructor: { prototype: { x: 1 } } } }] })
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
})
