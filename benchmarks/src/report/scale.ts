/** A logarithmic scale from values to places between `from` and `to`. */
export class LogScale {
  readonly low: number
  readonly high: number
  readonly #from: number
  readonly #to: number

  /** Covers all of `values`, which are above 0, and at least so many decades. */
  constructor(values: readonly number[], from: number, to: number, decades = 0.3) {
    const usable = values.filter((value) => Number.isFinite(value) && value > 0)
    const low = Math.log10(Math.min(...usable))
    const high = Math.log10(Math.max(...usable))
    const room = Math.max(decades - (high - low), 0) / 2
    this.low = low - room
    this.high = high + room
    this.#from = from
    this.#to = to
  }

  at(value: number): number {
    const share = (Math.log10(Math.max(value, 1e-12)) - this.low) / (this.high - this.low)
    return round(this.#from + Math.min(Math.max(share, 0), 1) * (this.#to - this.#from))
  }

  /** Powers of ten inside; with few of them 2 and 5 times as well. */
  ticks(): number[] {
    const powers: number[] = []
    for (let power = Math.floor(this.low); power <= Math.ceil(this.high); power++) powers.push(10 ** power)
    const inside = (value: number) => Math.log10(value) >= this.low - 1e-9 && Math.log10(value) <= this.high + 1e-9
    const found = powers.filter(inside)
    if (found.length > 1) return found.length > 7 ? found.filter((_, i) => i % 2 === 0) : found
    return powers.flatMap((power) => [power, 2 * power, 5 * power]).filter(inside)
  }
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')
}
