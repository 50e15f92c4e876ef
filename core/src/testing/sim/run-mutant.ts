import { spawn } from 'node:child_process'
import type { Mutant } from './mutant.ts'

/** Worlds that a mutant may take to be seen. */
export const MUTANT_WORLDS = 200

export interface MutantReport {
  readonly mutant: Mutant
  readonly caught: boolean
  /** Seed whose world reported the mutant's own rule; null when none did. */
  readonly seed: number | null
  /** Worlds run until then. */
  readonly worlds: number
  /** Rules reported before, by number of worlds. */
  readonly others: Readonly<Record<string, number>>
  /** The same seed without the mutant is clean. */
  readonly clean: boolean
  /** What the child said when it failed to run at all. */
  readonly trouble: string
}

interface Found {
  readonly seed: number
  readonly rule: string
}

/** Runs the worlds of seeds 1, 2, 3 … on the mutated source until its rule is reported, and that seed on the true source. */
export async function runMutant(mutant: Mutant, worlds = MUTANT_WORLDS): Promise<MutantReport> {
  const { rule, faults, world } = mutant
  const { found, trouble } = await child(mutant.name, { from: 1, worlds, rule, faults, world })
  const own = found.find((one) => one.rule === rule)
  const others: Record<string, number> = {}
  for (const one of found) if (one.rule !== rule) others[one.rule] = (others[one.rule] ?? 0) + 1
  const seed = own?.seed ?? null
  const truth = seed === null ? null : await child('', { from: seed, worlds: 1, rule: null, faults, world })
  const clean = truth !== null && truth.found.length === 0 && truth.trouble === ''
  return { mutant, caught: own !== undefined && clean, seed, worlds: seed ?? worlds, others, clean, trouble }
}

function child(name: string, task: object): Promise<{ found: Found[]; trouble: string }> {
  const here = (file: string) => new URL(file, import.meta.url)
  const process_ = spawn(
    process.execPath,
    [
      '--conditions=livefold-source',
      '--import',
      here('mutant-hook.ts').href,
      here('mutant-child.ts').pathname,
      JSON.stringify(task),
    ],
    { env: { ...process.env, LIVEFOLD_MUTANT: name, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let out = ''
  let trouble = ''
  process_.stdout.on('data', (text) => {
    out += text
  })
  process_.stderr.on('data', (text) => {
    trouble += text
  })
  return new Promise((resolve, reject) => {
    process_.on('error', reject)
    process_.on('close', (code) => {
      const found = out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Found)
      resolve({ found, trouble: code === 0 ? '' : trouble || `exit ${code}` })
    })
  })
}
