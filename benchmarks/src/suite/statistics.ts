export interface Summary {
  readonly median: number
  readonly p95: number
  readonly p99: number
  /** Distance between the quartiles as a share of the median. */
  readonly spread: number
}

/** Linear between neighbours. `values` need not be sorted; at least one. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('No quantile of no values: measure at least once.')
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const low = sorted[below] as number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number
  return low + (high - low) * (place - below)
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function summarize(values: readonly number[]): Summary {
  const middle = median(values)
  const spread = middle === 0 ? 0 : (quantile(values, 0.75) - quantile(values, 0.25)) / middle
  return { median: middle, p95: quantile(values, 0.95), p99: quantile(values, 0.99), spread }
}

/** The median of what each round says by itself: noise that lasts longer than a round cancels out. */
export function pairedRatio(values: readonly number[], reference: readonly number[]): number {
  return median(values.map((value, i) => value / (reference[i] as number)))
}

/** The exponent k of value ~ n^k by least squares over the logarithms: 0 is independent of n, 1 is linear. */
export function growthExponent(points: readonly { readonly n: number; readonly value: number }[]): number {
  const logs = points.map(({ n, value }) => [Math.log(n), Math.log(Math.max(value, Number.MIN_VALUE))] as const)
  const n = average(logs.map(([x]) => x))
  const value = average(logs.map(([, y]) => y))
  const above = logs.reduce((sum, [x, y]) => sum + (x - n) * (y - value), 0)
  return above / logs.reduce((sum, [x]) => sum + (x - n) ** 2, 0)
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
