import { expect, it } from 'vitest'
import { growthExponent, pairedRatio, quantile, summarize } from './statistics.ts'

it('quantiles lie between their neighbours, whatever the order', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  expect(quantile([4, 1, 3, 2], 1)).toBe(4)
  expect(quantile([7], 0.95)).toBe(7)
  expect(() => quantile([], 0.5)).toThrow(RangeError)
})

it('the spread is the distance of the quartiles over the median', () => {
  expect(summarize([1, 2, 3, 4, 5]).spread).toBeCloseTo(2 / 3)
})

it('a machine that is slow for some rounds does not change a paired ratio', () => {
  const reference = [1, 1, 1, 10, 10]
  expect(pairedRatio([2, 2, 2, 20, 20], reference)).toBe(2)
})

it('the exponent of growth is that of the line through the logarithms', () => {
  const grown = (time: (n: number) => number) => growthExponent([10, 100, 1_000].map((n) => ({ n, value: time(n) })))
  expect(grown((n) => 3 * n ** 2)).toBeCloseTo(2)
  expect(grown(() => 5)).toBeCloseTo(0)
})
