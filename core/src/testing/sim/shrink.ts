import type { Act } from './plan.ts'
import { Violation } from './violation.ts'
import { World, type WorldOptions } from './world.ts'

/** A smallest set of acts that still breaks the rule, as far as the time allowed. */
export interface Shrunk {
  readonly rule: string
  readonly report: string
  readonly acts: readonly Act[]
  /** Acts that had happened before any was left out. */
  readonly of: number
  readonly runs: number
}

/**
 * Leaves out what is not needed, in ever smaller pieces (ddmin), until every act is, or `mayGoOn` says that it is enough.
 * Gives a subset for which `fails` has said yes.
 */
export async function minimize<T>(
  whole: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  mayGoOn: () => boolean,
): Promise<readonly T[]> {
  let kept = whole
  let size = Math.ceil(kept.length / 2)
  while (kept.length > 0) {
    let removed = false
    for (let from = 0; from < kept.length && mayGoOn(); ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (await fails(rest)) {
        kept = rest
        removed = true
      } else from += size
    }
    if (!mayGoOn() || (size === 1 && !removed)) break
    size = Math.max(1, Math.min(Math.ceil(size / 2), kept.length))
  }
  return kept
}

/** Shrinks the plan of a failing seed; null when its world breaks no rule. */
export async function shrinkWorld(options: WorldOptions, mayGoOn: () => boolean): Promise<Shrunk | null> {
  let runs = 1
  const first = await breakage(options)
  if (!first) return null
  let best = first
  await minimize(
    first.done.map((act) => act.number),
    async (numbers) => {
      runs += 1
      const found = await breakage({ ...options, acts: new Set(numbers) })
      if (found?.rule !== first.rule) return false
      best = found
      return true
    },
    mayGoOn,
  )
  return { rule: best.rule, report: best.report, acts: best.done, of: first.done.length, runs }
}

interface Breakage {
  readonly rule: string
  readonly report: string
  readonly done: readonly Act[]
}

async function breakage(options: WorldOptions): Promise<Breakage | null> {
  const world = new World(options)
  try {
    await world.run()
    return null
  } catch (thrown) {
    const rule = thrown instanceof Violation ? thrown.rule : 'ERROR'
    const report = `${thrown instanceof Error && rule === 'ERROR' ? thrown.stack : String(thrown)}\n${world.time} virtual ms`
    return { rule, report, done: world.plan.done }
  }
}
