import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'

/**
 * Beside a store's file whose write-ahead log was found cut: opening the file takes the evidence away, since SQLite then counts the log anew,
 * and closing it writes what is left into the file. Lines: why, and the file as it was left; without the second it was never closed.
 */
export const CUT_NOTE = '.cut'

/** Before the file is opened. */
export function noteCut(database: string, why: string): void {
  writeFileSync(database + CUT_NOTE, `${why}\n`)
}

/** When the file is closed. Without a note it was not cut, or another one has taken its place. */
export function tieCut(database: string): void {
  try {
    const [why] = readFileSync(database + CUT_NOTE, 'utf8').split('\n')
    writeFileSync(database + CUT_NOTE, `${why}\n${stateOf(database)}\n`)
  } catch {}
}

/** Why the file is cut; null when nothing was noted, or of another file, such as a backup that was put in its place. */
export function notedCut(database: string): string | null {
  let note: string
  try {
    note = readFileSync(database + CUT_NOTE, 'utf8')
  } catch {
    return null
  }
  const [why = '', state = ''] = note.split('\n')
  if (state === '' || state === stateOf(database)) return why
  rmSync(database + CUT_NOTE, { force: true })
  return null
}

function stateOf(database: string): string {
  const { size, mtimeNs } = statSync(database, { bigint: true })
  return `${size} ${mtimeNs}`
}
