import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { utf8Length } from '../base/json-size.ts'
import { eventRecords } from '../testing/arbitrary-messages.ts'
import { decodeDown, decodeUp } from './codec.ts'
import { confirmEvent } from './confirm-event.ts'
import { eventBytes } from './event-codec.ts'
import type { EventRecord } from './event-record.ts'
import { maxEventBytes } from './event-size.ts'
import { deadlineOf, expire } from './part-expiry.ts'
import { PartAssembler, type Parted, splitFrames } from './parts.ts'
import { defaultLimits } from './sync-messages.ts'

const limits = { bytes: 100_000, events: 1_000, open: 2, idle: 1_000 }
type Push = Extract<Parted, { type: 'push' }>

function event(n: number, size = 0): EventRecord {
  return { id: `s.${n}`, name: 'v1.A', args: 'x'.repeat(size), clientId: 'c', sessionId: 's', parent: 0, at: 0 }
}

function push(ref: number, index: number, last: boolean, events = [event(index + 1)]): Push {
  return { type: 'push', ref, after: 0, afterId: null, events, part: { index, last } }
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof StoreError) return error.code
    throw error
  }
  return 'none'
}

describe('parts', () => {
  test('cut and gathered again is the same message, and no frame exceeds the limit', () => {
    fc.assert(
      fc.property(
        fc.array(eventRecords, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('push', 'behind', 'page'),
        fc.integer({ min: 0, max: 3_000 }),
        (events, type, spare) => {
          const frameBytes = Math.max(...events.map((event) => eventBytes(event))) + 512 + spare
          const message = (
            type === 'push'
              ? { type, ref: 7, after: 3, afterId: 's.3', events }
              : { type, ref: 7, events: events.map((e, i) => confirmEvent(e, i + 1)), head: 99, more: true }
          ) as Parted
          const assembler = new PartAssembler<Parted>({ ...limits, bytes: 10_000_000 })
          const frames = splitFrames(message, frameBytes)
          let whole: Parted | null = null
          for (const [i, frame] of frames.entries()) {
            expect(utf8Length(frame)).toBeLessThanOrEqual(frameBytes)
            const decoded =
              type === 'push' ? decodeUp(frame, { ...defaultLimits, frameBytes }) : decodeDown(frame, frameBytes)
            whole = assembler.add(decoded as Parted, utf8Length(frame), 0)
            expect(whole === null).toBe(i < frames.length - 1)
          }
          expect(whole).toStrictEqual(message)
          expect(assembler.gatherings.size).toBe(0)
        },
      ),
    )
  })

  test('what fits in one frame carries no part', () => {
    const frames = splitFrames({ type: 'push', ref: 1, after: 0, afterId: null, events: [event(1)] }, 1024)
    expect(frames).toHaveLength(1)
    expect(frames[0]).not.toContain('part')
  })

  test('an event of the largest size fits in a frame, also confirmed; a larger one is refused by name', () => {
    const frameBytes = 4_096
    const fits = event(1, maxEventBytes({ frameBytes }) - eventBytes(event(1)))
    expect(eventBytes(fits)).toBe(maxEventBytes({ frameBytes }))
    const longId = `${'i'.repeat(64)}.${9e15}`
    splitFrames(
      {
        type: 'push',
        ref: Number.MAX_SAFE_INTEGER,
        after: Number.MAX_SAFE_INTEGER,
        afterId: longId,
        events: [fits, fits],
      },
      frameBytes,
    )
    splitFrames(
      {
        type: 'behind',
        ref: Number.MAX_SAFE_INTEGER,
        events: [confirmEvent(fits, Number.MAX_SAFE_INTEGER)],
        head: Number.MAX_SAFE_INTEGER,
        more: false,
      },
      frameBytes,
    )
    const message: Push = { type: 'push', ref: 1, after: 0, afterId: null, events: [event(2, frameBytes)] }
    expect(() => splitFrames(message, frameBytes)).toThrow(/s\.2/)
  })

  test('parts must run 0, 1, 2 … of one message', () => {
    expect(codeOf(() => new PartAssembler(limits).add(push(1, 1, false), 10, 0))).toBe('protocol/malformed')
    const begun = () => {
      const assembler = new PartAssembler<Push>(limits)
      expect(assembler.add(push(1, 0, false), 10, 0)).toBeNull()
      return assembler
    }
    expect(codeOf(() => begun().add(push(1, 0, false), 10, 0))).toBe('protocol/malformed')
    expect(codeOf(() => begun().add(push(1, 2, true), 10, 0))).toBe('protocol/malformed')
    expect(codeOf(() => begun().add({ ...push(1, 1, true), after: 1, afterId: 's.9' }, 10, 0))).toBe(
      'protocol/malformed',
    )
    const { part: _, ...unparted } = push(1, 1, true)
    expect(codeOf(() => begun().add(unparted, 10, 0))).toBe('protocol/malformed')
    expect(begun().add(push(1, 1, true), 10, 0)?.events).toHaveLength(2)
  })

  test('BND-1 gatherings are bounded in number, bytes, events and age', () => {
    const assembler = new PartAssembler<Push>(limits)
    assembler.add(push(1, 0, false), 10, 0)
    assembler.add(push(2, 0, false), 10, 500)
    expect(codeOf(() => assembler.add(push(3, 0, false), 10, 500))).toBe('sync/limit')
    expect(deadlineOf(assembler.gatherings)).toBe(1_000)
    expect(expire(assembler.gatherings, 999)).toEqual([])
    expect(expire(assembler.gatherings, 1_000)).toEqual([{ type: 'push', ref: 1 }])
    expect(assembler.gatherings.size).toBe(1)
    expect(codeOf(() => assembler.add(push(2, 1, false), limits.bytes + 2_000, 600))).toBe('sync/too-large')
    const many = Array.from({ length: 501 }, (_, i) => event(i + 1))
    const other = new PartAssembler<Push>(limits)
    other.add(push(1, 0, false, many), 10, 0)
    expect(codeOf(() => other.add(push(1, 1, true, many), 10, 0))).toBe('sync/too-large')
    assembler.gatherings.clear()
    expect(deadlineOf(assembler.gatherings)).toBeNull()
  })
})
