export interface Arguments {
  /** Fewer rounds, no slow rows: under a minute on two busy cores. */
  readonly quick: boolean
  /** Rows whose name starts with one of these; empty: all. */
  readonly only: readonly string[]
  readonly list: boolean
  /** Files other than the usual ones. */
  readonly budgets: string | null
  readonly json: string | null
}

/** What the caller asked for cannot be done; the message says what can. */
export class UsageError extends Error {}

export const USAGE = `npm run bench -- [--quick] [--only <row or its beginning>]… [--list] [--budgets <file>] [--json <file>]`

/** @throws UsageError */
export function parseArguments(given: readonly string[]): Arguments {
  const only: string[] = []
  let quick = false
  let list = false
  let budgets: string | null = null
  let json: string | null = null
  for (let i = 0; i < given.length; i++) {
    const argument = given[i]
    if (argument === '--quick') quick = true
    else if (argument === '--list') list = true
    else if (argument === '--only') only.push(valueAfter(given, ++i))
    else if (argument === '--budgets') budgets = valueAfter(given, ++i)
    else if (argument === '--json') json = valueAfter(given, ++i)
    else throw new UsageError(`There is no option '${argument}'.\n${USAGE}`)
  }
  return { quick, only, list, budgets, json }
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
  { only, quick }: Arguments,
): R[] {
  const stray = only.find((name) => !rows.some((row) => row.name.startsWith(name)))
  if (stray !== undefined) throw new UsageError(`There is no row '${stray}'. --list names them.`)
  if (only.length > 0) return rows.filter((row) => only.some((name) => row.name.startsWith(name)))
  return rows.filter((row) => !row.onlyNamed && !(quick && row.slow))
}
