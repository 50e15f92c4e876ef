import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'

const folder = join(import.meta.dirname, '../../results/browser')

/** Keeps what a test measured, for the report; a test decides nothing by it unless it says so. */
export function report(name: string, values: object): void {
  mkdirSync(folder, { recursive: true })
  const { name: browser } = inject('browser')
  writeFileSync(join(folder, `${browser}-${name}.json`), `${JSON.stringify(values, null, 2)}\n`)
  console.log(`${browser} ${name}: ${JSON.stringify(values)}`)
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
