import { type Clock, hostTime } from '@livefold/core/adapter'

export interface WebClock extends Clock {
  /** What `soon` still holds is dropped. */
  close(): void
}

/**
 * The clock of a page or worker. `soon` goes through a MessageChannel: timers are held back to 4 ms when nested, and to one a
 * second in hidden tabs.
 */
export function webClock(): WebClock {
  const { port1, port2 } = new MessageChannel()
  let due: (() => void)[] = []
  // A message for each: what one of them throws surfaces, and keeps no other from its turn.
  port1.onmessage = () => due.shift()?.()
  return {
    ...hostTime(globalThis),
    soon(run) {
      due.push(run)
      port2.postMessage(null)
    },
    close() {
      port1.close()
      due = []
    },
  }
}
