import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePath, encodePath } from './path-encoding.ts'

const bytes = fc.uint8Array({ min: 1, minLength: 1, maxLength: 40 })

describe('path encoding', () => {
  test('valid UTF-8 without a percent sign stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        fc.pre(!path.includes('%'))
        expect(encodePath(Buffer.from(path))).toBe(path.toWellFormed())
      }),
    )
  })

  test('any bytes come back', () => {
    fc.assert(
      fc.property(bytes, (path) => {
        expect([...decodePath(encodePath(path))]).toEqual([...path])
      }),
    )
  })

  test('bytes around valid text come back, and the text is well-formed', () => {
    fc.assert(
      fc.property(bytes, fc.string({ unit: 'binary' }), bytes, (before, text, after) => {
        const path = Buffer.concat([before, Buffer.from(text), after])
        const encoded = encodePath(path)
        expect(encoded.isWellFormed()).toBe(true)
        expect(Buffer.from(decodePath(encoded)).equals(path)).toBe(true)
      }),
    )
  })

  test('a file named like an escape is not taken for one', () => {
    expect(encodePath(Buffer.from('%E9'))).toBe('%25E9')
    expect(encodePath(Buffer.from([0xe9]))).toBe('%E9')
  })

  test.each([
    ['a leading byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
    ['a surrogate in UTF-8 (CESU)', [0xed, 0xa0, 0x80], '%ED%A0%80'],
    ['an overlong slash', [0xc0, 0xaf], '%C0%AF'],
    ['a sequence cut at the end', [0x61, 0xf0, 0x9f, 0x98], 'a%F0%9F%98'],
    ['emoji beside a stray byte', [0xf0, 0x9f, 0x98, 0x80, 0x80], '😀%80'],
  ])('%s', (_, path, text) => {
    expect(encodePath(Uint8Array.from(path))).toBe(text)
  })

  test('text that was never encoded is refused', () => {
    expect(() => decodePath('100%')).toThrow('lacks its two digits')
  })
})
