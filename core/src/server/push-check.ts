import { StoreError } from '../base/errors.ts'
import { eventBytes } from '../protocol/event-codec.ts'
import { type EventRecord, eventNumber, splitCommits } from '../protocol/event-record.ts'
import { malformed } from '../protocol/fields.ts'
import type { Limits, UpMessage } from '../protocol/sync-messages.ts'

export type PushMessage = Extract<UpMessage, { type: 'push' }>

/**
 * The commits of a gathered push.
 * The client need not be the one that pushes: after lost storage a leader sends on what was written under its earlier name.
 * @throws StoreError protocol/malformed unless all are whole, and each of one session in that session's order; sync/too-large
 */
export function commitsOf(push: PushMessage, limits: Limits): EventRecord[][] {
  const { commits, rest } = splitCommits(push.events)
  if (rest.length > 0)
    throw malformed('events', `whole commits: "${rest.at(-1)?.id}" is joined to an event that is not there`)
  const last = new Map<string, number>()
  for (const commit of commits) checkCommit(commit, last)
  checkSizes(push.ref, commits, limits)
  return commits
}

function checkCommit(commit: readonly EventRecord[], last: Map<string, number>): void {
  const { sessionId, clientId } = commit[0] as EventRecord
  for (const event of commit) {
    if (event.clientId !== clientId)
      throw malformed('events', `of one client within a commit: "${event.id}" is of "${event.clientId}"`)
    if (event.sessionId !== sessionId)
      throw malformed('events', `of one session within a commit: "${event.id}" is not of "${sessionId}"`)
    const n = eventNumber(event.id)
    if (n <= (last.get(sessionId) ?? 0))
      throw malformed('events', `in their session's order: "${event.id}" comes too late`)
    last.set(sessionId, n)
  }
}

function checkSizes(
  ref: number,
  commits: readonly EventRecord[][],
  { frameBytes, commitBytes, commitEvents }: Limits,
): void {
  // What came in one frame is smaller than a commit may be; only gathered pushes are worth measuring.
  const measured = commits.length === 1 || frameBytes > commitBytes
  for (const commit of commits) {
    const bytes = measured ? commit.reduce((sum, event) => sum + eventBytes(event), 0) : 0
    if (bytes <= commitBytes && commit.length <= commitEvents) continue
    throw new StoreError(
      'sync/too-large',
      `Commit of "${commit[0]?.id}" refused: ${commit.length} events, ${bytes} bytes; ${commitEvents} and ${commitBytes} are allowed. Split it.`,
      { details: { ref } },
    )
  }
}
