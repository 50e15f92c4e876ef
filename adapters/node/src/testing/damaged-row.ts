import { readFileSync, writeFileSync } from 'node:fs'

/** Changes one letter of a row of state: in the logs the text is within JSON, behind a quote. */
export function damageStateRow(database: string, text: string): void {
  const bytes = readFileSync(database)
  const found: number[] = []
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) {
    if (bytes.toString('latin1', at - 1, at) !== '"') found.push(at)
  }
  const [at] = found
  if (at === undefined) throw new Error(`${database} has no row of state with ${text}`)
  bytes[at] = (bytes[at] as number) ^ 1
  writeFileSync(database, bytes)
}
