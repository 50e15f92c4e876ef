import type { Contestant } from './contestant.ts'
import { probeNoise } from './noise.ts'
import type { Row, Setting, Trial } from './row.ts'
import { pairedRatio, type Summary, summarize } from './statistics.ts'

export interface Measured {
  readonly contestant: string
  /** Microseconds per piece of work. */
  readonly time: Summary
  /** Time over the reference's time, median over the rounds; null without a reference. */
  readonly ratio: number | null
  readonly samples: readonly number[]
}

export interface RowResult {
  readonly row: Row
  readonly measured: readonly Measured[]
  /** Milliseconds of the noise probe, one a round. */
  readonly noise: readonly number[]
}

interface Turn {
  readonly contestant: string
  readonly trial: Trial
  readonly samples: number[]
}

/**
 * Runs one row: all contestants warm up, then take turns within each round, in an order that is reversed from round to
 * round, so that neither a drift of the machine nor a neighbour's leftovers always meet the same one.
 */
export async function measureRow(
  row: Row,
  contestants: readonly Contestant[],
  setting: Setting,
): Promise<RowResult | null> {
  const turns: Turn[] = []
  const noise: number[] = []
  try {
    for (const contestant of row.contestants ?? contestants) {
      const trial = await row.start(contestant, setting)
      if (trial) turns.push({ contestant: contestant.name, trial, samples: [] })
    }
    if (turns.length === 0) return null
    for (let i = 0; i < row.rounds.warmup; i++) for (const { trial } of turns) await trial.sample()
    const rounds = setting.quick ? row.rounds.quick : row.rounds.full
    for (let round = 0; round < rounds; round++) {
      noise.push(probeNoise())
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) turn.samples.push(await turn.trial.sample())
    }
  } finally {
    for (const { trial } of turns) await trial.end()
  }
  return { row, measured: evaluate(turns, row.reference), noise }
}

function evaluate(turns: readonly Turn[], reference: string): Measured[] {
  const base = turns.find((turn) => turn.contestant === reference)
  return turns.map(({ contestant, samples }) => ({
    contestant,
    time: summarize(samples),
    ratio: base ? pairedRatio(samples, base.samples) : null,
    samples,
  }))
}
