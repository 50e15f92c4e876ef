import type { Commit, EventId, EventRecord } from '../protocol/event-record.ts'

export function idOf(commit: Commit): EventId
export function idOf(commit: Commit | undefined): EventId | undefined
export function idOf(commit: Commit | undefined): EventId | undefined {
  return (commit?.[0] as EventRecord | undefined)?.id
}

export function eventCount(commits: readonly Commit[]): number {
  let count = 0
  for (let i = 0; i < commits.length; i++) count += (commits[i] as Commit).length
  return count
}
