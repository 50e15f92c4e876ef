import { type Clock, hostTime, type MessageTurns, messageTurns } from '@livefold/core/adapter'

export type WebClock = Clock & MessageTurns

/** The clock of a page or worker, which ends with its tab's store. */
export function webClock(): WebClock {
  return { ...hostTime(globalThis), ...messageTurns(globalThis) }
}
