import fc from 'fast-check'
import { errorCodes } from '../base/error-codes.ts'
import type { Json } from '../base/json.ts'
import { confirmEvent } from '../protocol/confirm-event.ts'
import type { EventRecord } from '../protocol/event-record.ts'
import { type DownMessage, PROTOCOL_VERSION, type UpMessage } from '../protocol/sync-messages.ts'

/** Messages as fast-check draws them, for tests of whatever carries them. */

/** Records with the prototype that decoding gives. */
function plain<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true }) as fc.Arbitrary<T>
}

const ids = fc.stringMatching(/^[0-9A-Za-z_-]{1,64}$/)
const seqs = fc.oneof(fc.nat(1000), fc.maxSafeNat())
const eventIds = fc.tuple(ids, fc.integer({ min: 1, max: 1_000_000 })).map(([session, n]) => `${session}.${n}`)
const positions = fc.oneof(
  fc.constant({ seq: 0, id: null }),
  plain({ seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), id: eventIds }),
)
const names = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).filter((name) => !/\p{Cc}/u.test(name))
// -0 is left out: JSON text has no way back to it that anybody could rely on.
const args = fc
  .jsonValue({ depthSize: 'small', noUnicodeString: false })
  .filter((value) => !JSON.stringify(value).includes('__proto__'))
  .map((value) => JSON.parse(JSON.stringify(value)) as Json)

export const eventRecords: fc.Arbitrary<EventRecord> = plain({
  sessionId: ids,
  n: fc.integer({ min: 1, max: 1_000_000 }),
  name: names,
  args,
  clientId: ids,
  parent: seqs,
  at: fc.integer(),
  joined: fc.boolean(),
}).map(({ sessionId, n, name, args, clientId, parent, at, joined }) => ({
  id: `${sessionId}.${n}`,
  name,
  args,
  clientId,
  sessionId,
  parent,
  at,
  ...(joined && { joined: true as const }),
}))

const parts = fc.option(plain({ part: plain({ index: fc.nat(9), last: fc.boolean() }) }), { nil: {} })
const optional = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(
    value.map((v) => ({ [key]: v })),
    { nil: {} },
  )
const tokens = fc.string({ maxLength: 40 })

export const upMessages = fc.oneof(
  fc
    .tuple(names, ids, positions, optional('token', tokens), optional('backendId', ids))
    .map(([storeId, clientId, { seq, id }, token, backendId]) => ({
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      storeId,
      clientId,
      ...token,
      head: seq,
      headId: id,
      ...backendId,
    })),
  fc
    .tuple(seqs, positions, fc.array(eventRecords, { minLength: 1, maxLength: 4 }), optional('again', seqs), parts)
    .map(([ref, { seq, id }, events, again, part]) => ({
      type: 'push',
      ref,
      after: seq,
      afterId: id,
      events,
      ...again,
      ...part,
    })),
  fc
    .tuple(seqs, positions, fc.integer({ min: 1 }), fc.boolean())
    .map(([ref, { seq, id }, limit, live]) => ({ type: 'pull', ref, after: seq, afterId: id, limit, live })),
  plain({ type: fc.constant('token'), token: tokens }),
  plain({ type: fc.constant('stop'), ref: seqs }),
  plain({ type: fc.constant('ping'), rtt: fc.double({ min: 0, max: 1000, noNaN: true }).map(Math.abs) }),
) as fc.Arbitrary<UpMessage>

export const downMessages = fc.oneof(
  fc
    .tuple(
      ids,
      positions,
      optional('connection', ids),
      fc.array(fc.integer({ min: 1 }), { minLength: 4, maxLength: 4 }),
    )
    .map(([backendId, { seq, id }, connection, [a, b, c, d]]) => ({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      backendId,
      head: seq,
      headId: id,
      limits: { frameBytes: a, commitEvents: b, commitBytes: c, pageEvents: d },
      ...connection,
    })),
  plain({ type: fc.constant('pushed'), ref: seqs, seqs: fc.array(fc.integer({ min: 1 })) }),
  fc
    .tuple(
      fc.constantFrom('behind', 'page'),
      seqs,
      fc.array(eventRecords, { maxLength: 4 }),
      fc.nat(1000),
      fc.nat(9),
      fc.boolean(),
      optional('kept', fc.constant(true)),
      parts,
    )
    .map(([type, ref, events, after, ahead, more, kept, part]) => ({
      type,
      ref,
      events: events.map((event, i) => confirmEvent(event, after + 1 + i)),
      head: after + events.length + ahead,
      more,
      ...(type === 'behind' && kept),
      ...part,
    })),
  plain({
    type: fc.constant('rejected'),
    ref: seqs,
    eventId: eventIds,
    code: fc.constantFrom(...errorCodes),
    message: fc.string(),
  }),
  fc
    .tuple(
      optional('ref', seqs),
      fc.constantFrom(...errorCodes),
      fc.constantFrom('no', 'rebase', 'backoff', 'restart'),
      fc.string(),
    )
    .map(([ref, code, retry, message]) => ({
      type: 'error',
      ...ref,
      code,
      retry,
      message,
    })),
  fc.constant({ type: 'pong' }),
) as fc.Arbitrary<DownMessage>
