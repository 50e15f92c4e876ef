/** Time and timers, injected: the simulator runs the same code on virtual time. */
export interface Clock {
  /** Wall clock, ms since the epoch: what events and `since` carry. Set by users and networks, so no measure of time that passed. */
  now(): number
  /** Milliseconds since any moment, with their fractions; never set back. Every duration is a difference of two of these. */
  monotonic(): number
  /** Calls `run` once, `ms` milliseconds from now. The returned function cancels it. */
  after(ms: number, run: () => void): () => void
  /** Calls `run` after the messages that have already arrived were handed out; gathers bursts into batches. */
  soon(run: () => void): void
}

/** Chance, injected. */
export interface Random {
  /** A fresh id of 16 characters of `[0-9a-z]` (about 82 bits). */
  id(): string
  /** A number in `[0, 1)`. */
  next(): number
}

interface MessageHost {
  MessageChannel: new () => {
    /** Node's types do not know that it has `onmessage`. */
    readonly port1: { onmessage?: unknown; close(): void }
    readonly port2: { postMessage(message: null): void }
  }
}

interface Host extends Partial<MessageHost> {
  Date: { now(): number }
  performance: { now(): number }
  setTimeout(run: () => void, ms: number): unknown
  // biome-ignore lint/suspicious/noExplicitAny: the handle's type differs between Node and browsers
  clearTimeout(handle: any): void
  setImmediate?: (run: () => void) => unknown
  crypto: { getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown }
  Math: { random(): number }
}

/** The part of a clock that is the same in every JavaScript host; adapters call `hostTime(globalThis)`. */
export function hostTime(host: Host): Omit<Clock, 'soon'> {
  const { performance } = host
  return {
    now: () => host.Date.now(),
    monotonic: () => performance.now(),
    after(ms, run) {
      const handle = host.setTimeout(run, ms)
      return () => host.clearTimeout(handle)
    },
  }
}

/** A clock's `soon` by way of a MessageChannel: in pages, timers are held back to 4 ms when nested, and to one a second in hidden tabs. */
export interface MessageTurns extends Pick<Clock, 'soon'> {
  /** What `soon` still holds is dropped. */
  close(): void
}

export function messageTurns(host: MessageHost): MessageTurns {
  const { port1, port2 } = new host.MessageChannel()
  let due: (() => void)[] = []
  // A message for each: what one of them throws surfaces, and keeps no other from its turn.
  port1.onmessage = () => due.shift()?.()
  return {
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

/** One for each host: a channel that listens is kept for as long as the page lives, and a clock has no end. */
const sharedTurns = new WeakMap<object, MessageTurns>()

function messageSoon(host: MessageHost, run: () => void): void {
  const turns = sharedTurns.get(host) ?? messageTurns(host)
  sharedTurns.set(host, turns)
  turns.soon(run)
}

/** The clock of any host; adapters call `hostClock(globalThis)`. */
export function hostClock(host: Host): Clock {
  return {
    ...hostTime(host),
    soon(run) {
      if (host.setImmediate) host.setImmediate(run)
      else if (isMessageHost(host)) messageSoon(host, run)
      else host.setTimeout(run, 0)
    },
  }
}

function isMessageHost(host: Partial<MessageHost>): host is MessageHost {
  return host.MessageChannel !== undefined
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

/** The chance of a JavaScript host; adapters call `hostRandom(globalThis)`. */
export function hostRandom(host: Host): Random {
  return {
    next: () => host.Math.random(),
    id() {
      let id = ''
      while (id.length < 16) {
        for (const byte of host.crypto.getRandomValues(new Uint8Array(24)) as Uint8Array) {
          // 252 is the largest multiple of 36 in a byte: what lies beyond would favour low digits.
          if (byte < 252 && id.length < 16) id += ALPHABET[byte % 36]
        }
      }
      return id
    },
  }
}
