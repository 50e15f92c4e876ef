import type { PushMessage } from './push-check.ts'

/** Longest push that is kept, bytes about: what leaders put into one, unless a single commit is larger. */
const LONGEST = 256 * 1024

interface Sized {
  readonly push: PushMessage
  /** Of its events' text, from above. */
  readonly bytes: number
}

/** One connection's last push that was behind: its author, who rebased and changed nothing in it, need only say "again". */
export class KeptPush {
  #now: Sized | null = null
  #kept: Sized | null = null

  /** Gives the push that is to be handled now, with all its events; null where it builds on one that is forgotten. */
  begin(sent: PushMessage, bytes: number): Sized | null {
    const kept = this.#kept
    if (sent.again === undefined) this.#now = { push: sent, bytes }
    else if (kept?.push.ref !== sent.again) this.#now = null
    else {
      const { again: _, ...push } = sent
      this.#now = { push: { ...push, events: kept.push.events.concat(push.events) }, bytes: kept.bytes + bytes }
    }
    return this.#now
  }

  /** The push at hand was behind. True when it is kept, in place of the one before. */
  keep(): boolean {
    this.#kept = this.#now && this.#now.bytes <= LONGEST ? this.#now : null
    return this.#kept !== null
  }

  forget(): void {
    this.#now = null
    this.#kept = null
  }
}
