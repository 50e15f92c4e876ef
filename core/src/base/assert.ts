import { awaitTexts, messageFor } from './late-text.ts'

/** Throws when an invariant of ours is broken: a bug in Livefold, never the caller's input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (condition) return
  const error = new Error(messageFor('invariant', `Livefold invariant broken: ${message}`))
  awaitTexts(error)
  throw error
}

/** Marks the branch that exhaustive switches never reach. */
export function unreachable(value: never): never {
  throw new Error(`Livefold invariant broken: unexpected ${JSON.stringify(value)}`)
}
