import type { Host } from './host.ts'
import { type Figure, type Row, type Size, sizesFor, type Trial } from './row.ts'
import { growthExponent, pairedRatio, type Summary, summarize } from './statistics.ts'

export interface Measured {
  readonly contestant: string
  readonly size: Size
  /** Microseconds (bytes, in rows of bytes) per piece of work. */
  readonly time: Summary
  /** Time over the reference's time at the same size, median over the rounds; null without a reference. */
  readonly ratio: number | null
  readonly figures: readonly Figure[]
  readonly samples: readonly number[]
}

export interface Growth {
  readonly contestant: string
  readonly exponent: number
}

export interface RowResult {
  readonly row: Row
  readonly measured: readonly Measured[]
  /** Of every contestant that was measured at two sizes or more. */
  readonly growth: readonly Growth[]
  /** Milliseconds of the noise probe, one a round. */
  readonly noise: readonly number[]
}

/** A contestant that has taken this long for a row, ms, and has enough samples, sits out the rounds that are left. */
const PATIENCE_MS = 20_000
const ENOUGH = 3

interface Turn {
  readonly contestant: string
  readonly size: Size
  readonly trial: Trial
  readonly samples: number[]
  /** Milliseconds that its samples took. */
  spent: number
}

/**
 * Runs one row: all contestants warm up, then take turns within each round, in an order that is reversed from round to
 * round, so that neither a drift of the machine nor a neighbour's leftovers always meet the same one.
 *
 * @returns null when nobody can do it
 */
export async function measureRow(row: Row, host: Host, quick: boolean): Promise<RowResult | null> {
  const turns: Turn[] = []
  const noise: number[] = []
  const figures: (readonly Figure[])[] = []
  try {
    for (const size of sizesFor(row, quick)) {
      for (const contestant of host.contestants(row)) {
        const trial = await host.start(row, contestant, size)
        if (trial) turns.push({ contestant, size, trial, samples: [], spent: 0 })
      }
    }
    if (turns.length === 0) return null
    for (let i = 0; i < row.rounds.warmup; i++) for (const { trial } of turns) await trial.sample()
    const rounds = quick ? row.rounds.quick : row.rounds.full
    for (let round = 0; round < rounds; round++) {
      noise.push(await host.probe())
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await take(turn)
    }
    for (const { trial } of turns) figures.push((await trial.figures?.()) ?? [])
  } finally {
    for (const { trial } of turns) await trial.end()
  }
  const measured = turns.map((turn, i) => evaluate(turn, turns, row.reference, figures[i] ?? []))
  return { row, measured, growth: growthOf(turns), noise }
}

async function take(turn: Turn): Promise<void> {
  if (turn.spent > PATIENCE_MS && turn.samples.length >= ENOUGH) return
  const start = performance.now()
  turn.samples.push(await turn.trial.sample())
  turn.spent += performance.now() - start
}

function evaluate(turn: Turn, turns: readonly Turn[], reference: string, figures: readonly Figure[]): Measured {
  const { contestant, size, samples } = turn
  const base = turns.find((each) => each.contestant === reference && each.size === size)
  return {
    contestant,
    size,
    time: summarize(samples),
    ratio: base ? pairedRatio(samples, base.samples) : null,
    figures,
    samples,
  }
}

function growthOf(turns: readonly Turn[]): Growth[] {
  return [...new Set(turns.map(({ contestant }) => contestant))].flatMap((contestant) => {
    const own = turns.filter((turn) => turn.contestant === contestant)
    if (new Set(own.map(({ size }) => size.n)).size < 2) return []
    const sizes = own.map(({ size }) => size.n)
    return [
      {
        contestant,
        exponent: growthExponent(
          sizes,
          own.map(({ samples }) => samples),
        ),
      },
    ]
  })
}
