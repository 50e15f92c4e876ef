import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Json, plainCopy, whyNotJson } from './json.ts'
import { jsonBytes, utf8Length } from './json-size.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.nat(0xffff).map((u) => String.fromCharCode(u)) }),
)
const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 })

describe('jsonBytes', () => {
  test('is the length of the JSON text', () => {
    function same(value: Json): void {
      expect(jsonBytes(value)).toBe(utf8Length(JSON.stringify(value)))
    }
    fc.assert(fc.property(json, (value) => same(value as Json)))
    fc.assert(fc.property(text, same))
    fc.assert(fc.property(fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true })), same))
    for (let digits = 1; digits < 16; digits++) for (const off of [-1, 0, 1]) same(10 ** digits + off)
  })
})

const copied = (value: unknown) => plainCopy(value, { path: '', why: '' })

describe('plainCopy', () => {
  const anything = fc.anything({
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withBigInt: true,
    withSparseArray: true,
  })

  test('copies just what is plain JSON', () => {
    fc.assert(
      fc.property(fc.oneof(anything, json), (value) => {
        const copy = copied(value)
        expect(copy === undefined).toBe(whyNotJson(value) !== null)
        if (copy === undefined) return
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value))
        if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value)
      }),
      { numRuns: 2_000 },
    )
  })

  test('is frozen through and through, and has no -0', () => {
    const copy = copied({ list: [{ deep: -0 }] }) as { list: { deep: number }[] }
    expect([copy, copy.list, copy.list[0]].every(Object.isFrozen)).toBe(true)
    expect(Object.is(copy.list[0]?.deep, 0)).toBe(true)
  })

  test('leaves out what view libraries mark objects with, and refuses symbol keys that a copy would have', () => {
    const seen = { a: [1], [Symbol('seen')]: 1 }
    expect([copied(seen), whyNotJson({ in: seen })?.path]).toEqual([undefined, '$.in'])
    const marked = Object.defineProperty({ a: [1] }, Symbol('mark'), { value: 1 })
    expect([copied({ in: marked }), whyNotJson({ in: marked })]).toEqual([{ in: { a: [1] } }, null])
    expect(Object.getOwnPropertySymbols((copied({ in: marked }) as { in: object }).in)).toEqual([])
  })

  test('says where the first misfit is, and what', () => {
    // biome-ignore lint/suspicious/noSparseArray: what a list without an entry gives
    const misfits: unknown[] = [{ a: [1, { b: NaN }] }, [, 1], { a: { b: new Map() } }, () => 1]
    expect(misfits.map(whyNotJson)).toEqual([
      { path: '$.a[1].b', why: 'NaN is not a JSON number' },
      { path: '$[0]', why: 'undefined is not JSON' },
      { path: '$.a.b', why: 'Map is not a plain object' },
      { path: '$', why: 'function is not JSON' },
    ])
  })

  test('what is nested too deeply, or has a key that is no safe one, is not copied', () => {
    let deep: unknown = 1
    for (let i = 0; i < 33; i++) deep = [deep]
    expect(copied(deep)).toBeUndefined()
    expect(copied(JSON.parse('{"__proto__": 1}'))).toBeUndefined()
    expect(copied({ [Symbol('s')]: 1 })).toBeUndefined()
  })
})
