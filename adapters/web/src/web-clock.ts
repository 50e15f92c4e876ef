import { type Clock, hostClock } from '@livefold/core/adapter'

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
  port1.onmessage = () => {
    for (const run of due.splice(0)) {
      try {
        run()
      } catch (thrown) {
        // It surfaces as uncaught, and keeps nothing else from its turn.
        queueMicrotask(() => {
          throw thrown
        })
      }
    }
  }
  return {
    ...hostClock(globalThis),
    soon(run) {
      if (due.push(run) === 1) port2.postMessage(null)
    },
    close() {
      port1.close()
      due = []
    },
  }
}
