import type { SqliteDriver } from '../../sqlite/driver.ts'
import { type ProtocolResult, ProtocolWorld } from './protocol/protocol-world.ts'
import { Violation } from './violation.ts'
import { World, type WorldOptions, type WorldResult } from './world.ts'

/** A seed whose world broke a rule. */
export interface Failure {
  readonly seed: number
  readonly rule: string
  /** What was seen, when (virtual ms), and the command that shows it again. */
  readonly report: string
}

export type Outcome<R> = { readonly result: R } | { readonly failure: Failure }

/** Runs the full world of a seed. */
export function runWorld(options: WorldOptions): Promise<Outcome<WorldResult>> {
  return outcomeOf(options.seed, new World(options), '')
}

/** Runs the protocol world of a seed. */
export function runProtocolWorld(
  options: ConstructorParameters<typeof ProtocolWorld>[0],
): Promise<Outcome<ProtocolResult>> {
  return outcomeOf(options.seed, new ProtocolWorld(options), ' --protocol')
}

/** The failures among the full worlds of `count` seeds. */
export function runWorlds(from: number, count: number, openMemory: () => SqliteDriver): Promise<Failure[]> {
  return failuresOf(from, count, (seed) => runWorld({ seed, openMemory }))
}

/** The failures among the protocol worlds of `count` seeds. */
export function runProtocolWorlds(from: number, count: number): Promise<Failure[]> {
  return failuresOf(from, count, (seed) => runProtocolWorld({ seed }))
}

async function outcomeOf<R>(
  seed: number,
  world: { run(): Promise<R>; readonly time: number },
  flag: string,
): Promise<Outcome<R>> {
  try {
    return { result: await world.run() }
  } catch (thrown) {
    const rule = thrown instanceof Violation ? thrown.rule : 'ERROR'
    const what = thrown instanceof Violation ? thrown.message : thrown instanceof Error ? thrown.stack : String(thrown)
    const report = `${what}\nseed ${seed}, ${world.time} virtual ms. Again: npm run soak --${flag} --seed ${seed}`
    return { failure: { seed, rule, report } }
  }
}

async function failuresOf(
  from: number,
  count: number,
  run: (seed: number) => Promise<Outcome<unknown>>,
): Promise<Failure[]> {
  const failures: Failure[] = []
  for (let seed = from; seed < from + count; seed++) {
    const outcome = await run(seed)
    if ('failure' in outcome) failures.push(outcome.failure)
  }
  return failures
}
