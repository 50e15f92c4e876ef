import type { Commit, EventId, EventRecord } from '../protocol/event-record.ts'

export function idOf(commit: Commit): EventId
export function idOf(commit: Commit | undefined): EventId | undefined
export function idOf(commit: Commit | undefined): EventId | undefined {
  return (commit?.[0] as EventRecord | undefined)?.id
}

export function eventCount(commits: readonly Commit[]): number {
  return commits.reduce((count, commit) => count + commit.length, 0)
}
