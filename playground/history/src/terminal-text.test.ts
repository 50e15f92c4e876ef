import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fit, painter } from './terminal-text.ts'

test.each([
  ['short', 8, 'short   '],
  ['exactly', 7, 'exactly'],
  ['too long', 5, 'too …'],
  ['日本語', 6, '日本語'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日… '],
  ['x', 0, ''],
])('%j in %i cells', (text, width, fitted) => {
  expect(fit(text, width)).toBe(fitted)
})

test('nothing that steers a terminal gets through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 100 }), (text, width) => {
      expect(fit(`${text}\u001b[2J\u009b\r\n`, width)).not.toMatch(/\p{Cc}/u)
    }),
  )
})

test('colour is for terminals whose owner wants it', () => {
  expect(painter(true, {})('red', 'x')).toBe('\u001b[31mx\u001b[0m')
  expect(painter(true, { NO_COLOR: '1' })('red', 'x')).toBe('x')
  expect(painter(true, { NO_COLOR: '' })('red', 'x')).toBe('\u001b[31mx\u001b[0m')
  expect(painter(true, { TERM: 'dumb' })('red', 'x')).toBe('x')
  expect(painter(false, {})('red', 'x')).toBe('x')
})
