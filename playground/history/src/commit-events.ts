import type { FileChange, GitCommitChanges } from './git-changes.ts'
import { events } from './schema.ts'

/** What one store commit may hold. */
export interface CommitLimits {
  readonly events: number
  readonly bytes: number
}

// The store takes 10,000 events and 8 MiB of records; what a record adds to its args (ids, clock) is estimated.
const defaultLimits: CommitLimits = { events: 10_000, bytes: 7 * 1024 * 1024 }
const RECORD_BYTES = 300

export type ImportEvent = ReturnType<(typeof events)[keyof typeof events]>

/**
 * The store commits of one git commit: one, unless it changes more than a store commit can hold. Each starts with
 * `v1.CommitImported` saying which part it is, so that an import cut between two parts goes on with the next one;
 * the same git commit is always cut in the same places.
 */
export function commitEvents(commit: GitCommitChanges, limits: CommitLimits = defaultLimits): ImportEvent[][] {
  const { n, hash, author, time, subject } = commit
  const parts = cut(commit, limits)
  return parts.map((changes, index) => [
    events.commitImported({
      n,
      hash,
      author,
      time,
      subject,
      part: index + 1,
      parts: parts.length,
      changes: changes.length,
    }),
    ...changes.map((change) => fileEvent(n, change)),
  ])
}

function fileEvent(n: number, change: FileChange): ImportEvent {
  switch (change.kind) {
    case 'added':
      return events.fileAdded({ n, path: change.path, blob: change.blob })
    case 'changed':
      return events.fileChanged({ n, path: change.path, blob: change.blob })
    case 'removed':
      return events.fileRemoved({ n, path: change.path })
  }
}

function cut(commit: GitCommitChanges, limits: CommitLimits): FileChange[][] {
  const headerBytes = RECORD_BYTES + bytesOf(commit.subject)
  let open: FileChange[] = []
  const parts = [open]
  let bytes = headerBytes
  for (const change of commit.changes) {
    const size = RECORD_BYTES + bytesOf(change)
    // One event of the limit is the part's own `v1.CommitImported`.
    if (open.length > 0 && (open.length + 1 >= limits.events || bytes + size > limits.bytes)) {
      open = []
      parts.push(open)
      bytes = headerBytes
    }
    open.push(change)
    bytes += size
  }
  return parts
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
