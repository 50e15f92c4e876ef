import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { StoreError } from '../base/errors.ts'
import { whyNotJson } from '../base/json.ts'
import { readEvents } from '../protocol/event-codec.ts'
import { type EventDefinition, event, localEvent } from './event.ts'

const byLibrary: [string, EventDefinition][] = [
  ['zod', event('v1.Made', z.object({ id: z.string(), tags: z.array(z.string()) }))],
  ['valibot', event('v1.Made', v.object({ id: v.string(), tags: v.array(v.string()) }))],
  ['arktype', event('v1.Made', type({ id: 'string', tags: 'string[]' }))],
]

function refusalOf(run: () => unknown): StoreError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError)
    return error as StoreError
  }
  throw new Error('nothing was thrown')
}

function succeeds(run: () => unknown): boolean {
  try {
    run()
    return true
  } catch {
    return false
  }
}

describe.each(byLibrary)('an event of a %s schema', (_, made) => {
  test('is made by a call, unvalidated', () => {
    expect(made({ id: 1 })).toEqual({ name: 'v1.Made', args: { id: 1 }, local: false })
    expect(made.name).toBe('v1.Made')
  })

  test('gives the schema’s output', () => {
    expect(made.validate({ id: 'a', tags: ['x'] })).toEqual({ id: 'a', tags: ['x'] })
  })

  test('names event and path of what is wrong, as plain data', () => {
    const error = refusalOf(() => made.validate({ id: 'a', tags: ['x', 2] }))
    expect(error.code).toBe('event/invalid')
    expect(error.details).toMatchObject({ event: 'v1.Made', path: '$.tags[1]' })
    expect(error.message).toContain('v1.Made')
    expect(structuredClone(error.details)).toEqual(error.details)
  })

  test('shares nothing with the args, and leaves them alone', () => {
    const args = { id: 'a', tags: ['x'] }
    const output = made.validate(args) as unknown as typeof args
    args.tags.push('y')
    expect(output).toEqual({ id: 'a', tags: ['x'] })
    expect(args).toEqual({ id: 'a', tags: ['x', 'y'] })
  })
})

describe('event', () => {
  test('local events say so', () => {
    const set = localEvent('v1.UiSet', z.object({ key: z.string() }))
    expect([set.local, set({ key: 'a' }).local]).toEqual([true, true])
  })

  test('args without required members may be left out', () => {
    const cleared = event('v1.Cleared', z.object({ all: z.boolean().default(true) }))
    expect(cleared().args).toEqual({})
    expect(cleared.validate(cleared().args)).toEqual({ all: true })
  })

  test.each<[string, unknown, string]>([
    ['a Date', new Date(0), '$.x.y[0]'],
    ['a Map', new Map(), '$.x.y[0]'],
    ['NaN', Number.NaN, '$.x.y[0]'],
    ['undefined', undefined, '$.x.y[0]'],
    ['a bigint', 1n, '$.x.y[0]'],
    ['a function', () => 0, '$.x.y[0]'],
  ])('refuses output with %s, and tells where', (_, value, path) => {
    const any = event('v1.Any', z.object({ x: z.unknown() }))
    const error = refusalOf(() => any.validate({ x: { y: [value] } }))
    expect(error).toMatchObject({ code: 'event/invalid', details: { event: 'v1.Any', path } })
  })

  test('what is stored is what JSON gives back', () => {
    const any = event('v1.Any', z.unknown())
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(whyNotJson(value) === null)
        expect(any.validate(value)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(Object.is(any.validate(-0), 0)).toBe(true)
  })

  test('refuses async schemas, whether they throw or answer with a promise', () => {
    const refining = event('v1.Async', z.object({ id: z.string().refine(async () => true) }))
    expect(refusalOf(() => refining.validate({ id: 'a' }))).toMatchObject({
      code: 'event/invalid',
      details: { event: 'v1.Async' },
    })
    const checking = v.pipeAsync(
      v.string(),
      v.checkAsync(async () => true),
    )
    // @ts-expect-error valibot's types say that this is async
    const promising = event('v1.Async', checking)
    expect(refusalOf(() => promising.validate('a'))).toMatchObject({
      code: 'event/invalid',
      message: expect.stringContaining('async'),
    })
  })

  test('a promise that rejects does not reach the process', async () => {
    const rejecting = {
      '~standard': { version: 1, vendor: 'x', validate: () => Promise.reject(new Error('no')) },
    } as const
    // @ts-expect-error the type says that validation is always a promise
    const bad = event('v1.Bad', rejecting)
    expect(refusalOf(() => bad.validate({})).code).toBe('event/invalid')
    await new Promise((resolve) => setImmediate(resolve))
  })

  test('SYNC-2: takes the names that a sync server takes, and no others: a push with another one would end the sync for good', () => {
    const parts = fc.constantFrom('a', 'v1.', ' ', 'é', '😀', '\n', '\0', '\ud800', '\udc00', 'x'.repeat(99))
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), (texts) => {
        const name = texts.join('')
        const sent = { id: 's.1', name, args: {}, clientId: 'c', sessionId: 's', parent: 0, at: 0 }
        const isTaken = succeeds(() => readEvents({ events: [sent] }, 'events', 1))
        expect(succeeds(() => event(name, z.object({})))).toBe(isTaken)
      }),
    )
  })

  test('refuses a name that is none, and what is no schema', () => {
    expect(refusalOf(() => event('', z.object({}))).code).toBe('schema/invalid')
    expect(refusalOf(() => event('v1.A', {} as never)).message).toContain('v1.A')
  })
})
