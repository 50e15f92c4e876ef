import type { SqliteDriver } from '../../sqlite/driver.ts'
import { Violation } from './violation.ts'
import { World, type WorldOptions, type WorldResult } from './world.ts'

/** A seed whose world broke a rule. */
export interface Failure {
  readonly seed: number
  readonly rule: string
  /** What was seen, when (virtual ms), and the command that shows it again. */
  readonly report: string
}

export type WorldOutcome = { readonly result: WorldResult } | { readonly failure: Failure }

/** Runs the world of a seed. */
export async function runWorld(options: WorldOptions): Promise<WorldOutcome> {
  const world = new World(options)
  try {
    return { result: await world.run() }
  } catch (thrown) {
    const rule = thrown instanceof Violation ? thrown.rule : 'ERROR'
    const what = thrown instanceof Violation ? thrown.message : thrown instanceof Error ? thrown.stack : String(thrown)
    const report = `${what}\nseed ${options.seed}, ${world.time} virtual ms. Again: npm run soak -- --seed ${options.seed}`
    return { failure: { seed: options.seed, rule, report } }
  }
}

/** The failures among the worlds of `count` seeds. */
export async function runWorlds(from: number, count: number, openMemory: () => SqliteDriver): Promise<Failure[]> {
  const failures: Failure[] = []
  for (let seed = from; seed < from + count; seed++) {
    const outcome = await runWorld({ seed, openMemory })
    if ('failure' in outcome) failures.push(outcome.failure)
  }
  return failures
}
