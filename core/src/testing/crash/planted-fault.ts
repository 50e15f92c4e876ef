import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/**
 * A control: cuts the same workload with a leader that writes log and state in two transactions (a planted fault of the simulation), in a
 * process of its own. `found` when a rule is reported broken, and just then.
 */
export function plantedFault(): { found: boolean; told: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--conditions=livefold-source',
      '--disable-warning=ExperimentalWarning',
      ...['--import', here('../sim/mutant-hook.ts'), here('./crash-cli.ts')],
      ...['--killed', '--seeds', '1', '--every', '2'],
    ],
    { env: { ...process.env, LIVEFOLD_MUTANT: 'log and state in two transactions' }, encoding: 'utf8' },
  )
  return { found: status === 1 && /✗ .*(DUR-1|STATE-[12])/.test(stdout), told: (stdout + stderr).trim() }
}
