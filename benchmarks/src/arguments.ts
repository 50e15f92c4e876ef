import { type CommandLine, type Given, UsageError } from '../../scripts/command-line.ts'

/** Where a run measures; `peers`: in Node, beside the other libraries, the rows that they can do. */
export type Place = 'node' | 'peers' | 'chromium' | 'firefox'

export interface Arguments {
  /** Fewer rounds, no slow rows: under a minute on two quiet cores. */
  readonly quick: boolean
  /** Rows whose name starts with one of these; empty: all. */
  readonly only: readonly string[]
  readonly list: boolean
  readonly place: Place
  /** Print what was last measured as Markdown, and measure nothing. */
  readonly markdown: boolean
  /** Files other than the usual ones. */
  readonly budgets: string | null
  readonly json: string | null
}

export const COMMAND_LINE = {
  command: 'npm run bench',
  about:
    'Livefold beside SQLite written by hand, doing the same work in the same run; ends with 1 when a ratio is beyond its budget.\n' +
    'Writes results/bench.html. benchmarks/README.md tells how to read it.',
  options: {
    quick: { kind: 'switch', text: 'fewer rounds, no slow rows: under a minute on a quiet machine' },
    only: { kind: 'texts', value: '<row>', text: 'rows whose name begins so; may be given several times' },
    list: { kind: 'switch', text: 'name the rows, and measure none' },
    browser: { kind: 'text', value: 'chromium|firefox', text: 'in a page instead of Node, and what only tabs can do' },
    peers: { kind: 'switch', text: 'in Node, beside LiveStore, TanStack DB, TinyBase and Zero; installs them first' },
    markdown: { kind: 'switch', text: 'what was last measured, as Markdown; measures nothing' },
    budgets: { kind: 'text', value: '<file>', text: 'instead of benchmarks/budgets.json' },
    json: { kind: 'text', value: '<file>', text: 'where the samples go, instead of results/' },
  },
} as const satisfies CommandLine

/** @throws UsageError */
export function argumentsOf({ values }: Given<(typeof COMMAND_LINE)['options']>): Arguments {
  const { quick, list, markdown, only, peers, browser, budgets = null, json = null } = values
  if (peers && browser !== undefined) throw new UsageError('The peers are measured in Node, not in a browser.')
  const place = browser === undefined ? (peers ? 'peers' : 'node') : browserOf(browser)
  return { quick, list, markdown, only, place, budgets, json }
}

function browserOf(name: string): Place {
  if (name === 'chromium' || name === 'firefox') return name
  throw new UsageError(`There is no browser '${name}'; --browser takes chromium or firefox.`)
}

/** @throws UsageError for a name that fits no row: measuring nothing must not look like success. */
export function chosenRows<R extends { readonly name: string; readonly slow?: boolean; readonly onlyNamed?: boolean }>(
  rows: readonly R[],
  { only, quick }: Pick<Arguments, 'only' | 'quick'>,
): R[] {
  const stray = only.find((name) => !rows.some((row) => row.name.startsWith(name)))
  if (stray !== undefined) throw new UsageError(`There is no row '${stray}'. --list names them.`)
  if (only.length > 0) return rows.filter((row) => only.some((name) => row.name.startsWith(name)))
  return rows.filter((row) => !row.onlyNamed && !(quick && row.slow))
}
