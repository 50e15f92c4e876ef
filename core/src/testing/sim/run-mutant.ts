import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'
import type { Found, Run } from './mutant-child.ts'

/** Worlds that a mutant may take to be seen. */
export const MUTANT_WORLDS = 200
/** Longest that a process of worlds may take, ms: a planted fault may make an endless loop of the code itself. */
const PATIENCE = 120_000

export interface MutantReport {
  readonly mutant: Mutant
  /** Seed whose world reported the mutant's own rule; null when none did. */
  readonly seed: number | null
  /** Worlds run until then. */
  readonly worlds: number
  /** Rules reported before, by number of worlds. */
  readonly others: Readonly<Record<string, number>>
  /** What the child said when it failed to run at all. */
  readonly trouble: string
}

/** Runs worlds from the mutant's first seed on, on the mutated source, until its rule is reported. */
export async function runMutant(mutant: Mutant, worlds = MUTANT_WORLDS): Promise<MutantReport> {
  const { name, rule, faults, world, from = 1 } = mutant
  const { found, trouble } = await runInChild(name, [{ name, from, worlds, rule, faults, world }])
  const own = found.find((one) => one.rule === rule)
  const others: Record<string, number> = {}
  for (const one of found) if (one.rule !== rule) others[one.rule] = (others[one.rule] ?? 0) + 1
  const seed = own?.seed ?? null
  return { mutant, seed, worlds: seed === null ? worlds : seed - from + 1, others, trouble }
}

/** Runs the same worlds on the true source; gives what any of them reported, which has to be nothing. */
export async function runControl(reports: readonly MutantReport[]): Promise<{ found: Found[]; trouble: string }> {
  const runs = reports
    .filter((report) => report.seed !== null)
    .map(({ mutant: { name, faults, world, from = 1 }, worlds }) => ({ name, from, worlds, rule: null, faults, world }))
  return runInChild('', runs)
}

function runInChild(mutant: string, runs: readonly Run[]): Promise<{ found: Found[]; trouble: string }> {
  const here = (file: string) => new URL(file, import.meta.url)
  const process_ = spawn(
    process.execPath,
    [
      '--conditions=livefold-source',
      '--import',
      here('mutant-hook.ts').href,
      here('mutant-child.ts').pathname,
      JSON.stringify(runs),
    ],
    {
      env: {
        ...process.env,
        LIVEFOLD_MUTANT: mutant,
        NODE_OPTIONS: '',
        NODE_COMPILE_CACHE: join(tmpdir(), 'livefold-mutants'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    },
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
    process_.on('close', (code, signal) => {
      const found = out
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as Found)
      resolve({ found, trouble: code === 0 ? '' : trouble || `ended by ${signal ?? `exit ${code}`}` })
    })
  })
}
