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

/** What the caller asked for cannot be done; the message says what can. */
export class UsageError extends Error {}

export const USAGE =
  'npm run bench -- [--quick] [--browser chromium|firefox] [--peers] [--only <row or its beginning>]… [--list] ' +
  '[--markdown] [--budgets <file>] [--json <file>]'

/** @throws UsageError */
export function parseArguments(given: readonly string[]): Arguments {
  const only: string[] = []
  const flags = { quick: false, list: false, peers: false, markdown: false }
  let place: Place = 'node'
  let budgets: string | null = null
  let json: string | null = null
  for (let i = 0; i < given.length; i++) {
    const argument = given[i] as string
    const flag = argument.slice(2)
    if (argument.startsWith('--') && isFlag(flag)) flags[flag] = true
    else if (argument === '--only') only.push(valueAfter(given, ++i))
    else if (argument === '--browser') place = browserOf(valueAfter(given, ++i))
    else if (argument === '--budgets') budgets = valueAfter(given, ++i)
    else if (argument === '--json') json = valueAfter(given, ++i)
    else throw new UsageError(`There is no option '${argument}'.\n${USAGE}`)
  }
  const { peers, ...rest } = flags
  if (peers && place !== 'node') throw new UsageError('The peers are measured in Node, not in a browser.')
  return { ...rest, only, place: peers ? 'peers' : place, budgets, json }

  function isFlag(name: string): name is keyof typeof flags {
    return Object.hasOwn(flags, name)
  }
}

function browserOf(name: string): Place {
  if (name === 'chromium' || name === 'firefox') return name
  throw new UsageError(`There is no browser '${name}'.\n${USAGE}`)
}

function valueAfter(given: readonly string[], place: number): string {
  const value = given[place]
  if (value === undefined || value.startsWith('--'))
    throw new UsageError(`${given[place - 1]} needs a value.\n${USAGE}`)
  return value
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
