import type { StoreError } from '../base/errors.ts'

/** What a transport reports of one line. Nothing is called before `connect` has returned it, after `closed`, or after the line’s own `close()`. */
export interface LineEvents {
  open(): void
  /** One frame: the text of one protocol message. */
  frame(text: string): void
  /** Once, also when the line never opened. */
  closed(error: StoreError): void
}

/** One attempt at a connection. */
export interface Line {
  /** Legal after `open`; a frame on a line that has just died is dropped (its outcome is unknown to the caller anyway). */
  send(text: string): void
  close(): void
}

/**
 * Carries frames between a leader and a sync server. A transport only carries: back-off, resuming,
 * authentication and time-outs are the leader's.
 */
export interface SyncTransport {
  readonly name: string
  /** Frames arrive in the order sent (while the line lives): pushes may be pipelined. */
  readonly ordered: boolean
  connect(events: LineEvents): Line
}
