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

/**
 * The exponent k of time ~ n^k by least squares over the logarithms: 0 is independent of n, 1 is linear. Fitted within each round, the
 * median over the rounds.
 *
 * @param samples of each size, in the order of `sizes`; rounds that one of them lacks are left out
 */
export function growthExponent(sizes: readonly number[], samples: readonly (readonly number[])[]): number {
  const logs = sizes.map(Math.log)
  const mean = average(logs)
  const rounds = Math.min(...samples.map(({ length }) => length))
  return median(
    Array.from({ length: rounds }, (_, round) => {
      const times = samples.map((each) => Math.log(Math.max(each[round] as number, Number.MIN_VALUE)))
      const middle = average(times)
      const above = logs.reduce((sum, x, i) => sum + (x - mean) * ((times[i] as number) - middle), 0)
      return above / logs.reduce((sum, x) => sum + (x - mean) ** 2, 0)
    }),
  )
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
