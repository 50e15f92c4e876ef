import type { Clock } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import { utf8Length } from '../base/json-size.ts'
import { deadlineOf, expire } from '../protocol/part-expiry.ts'
import { PartAssembler } from '../protocol/parts.ts'
import type { AllLimits } from './limits.ts'
import type { PushMessage } from './push-check.ts'

/** Where gathered pushes go. */
interface PushReceiver {
  /** `bytes` bounds the push's size from above. */
  whole(push: PushMessage, bytes: number): void
  /** The rest of a push did not come in time. */
  fail(error: StoreError): void
}

/** Puts one connection's pushes together from their parts, and drops those whose rest does not come. */
export class PushGatherer {
  readonly #clock: Clock
  readonly #limits: AllLimits
  readonly #receiver: PushReceiver
  readonly #assembler: PartAssembler<PushMessage>
  #cancelExpiry: (() => void) | null = null

  constructor({ clock, limits }: { clock: Clock; limits: AllLimits }, receiver: PushReceiver) {
    this.#clock = clock
    this.#limits = limits
    this.#receiver = receiver
    const { commitBytes, commitEvents, openParts, partIdleMs } = limits
    this.#assembler = new PartAssembler({ bytes: commitBytes, events: commitEvents, open: openParts, idle: partIdleMs })
  }

  /** Takes one frame. @throws StoreError as `PartAssembler.add` does */
  add(message: PushMessage, text: string): void {
    const { part } = message
    if (!part) {
      this.#receiver.whole(this.#assembler.add(message, 0, 0) as PushMessage, text.length)
      return
    }
    const whole = this.#assembler.add(message, utf8Length(text), this.#clock.monotonic())
    this.#watchAge()
    if (!whole) return
    // The parts' own sizes are forgotten by now: the frame limit stands for them, half the inbox at the most, so that two fit.
    const bytes = Math.min((part.index + 1) * this.#limits.frameBytes, Math.floor(this.#limits.inboxBytes / 2))
    this.#receiver.whole(whole, bytes)
  }

  clear(): void {
    this.#assembler.gatherings.clear()
    this.#cancelExpiry?.()
    this.#cancelExpiry = null
  }

  #watchAge(): void {
    this.#cancelExpiry?.()
    const deadline = deadlineOf(this.#assembler.gatherings)
    this.#cancelExpiry =
      deadline === null
        ? null
        : this.#clock.after(Math.max(0, deadline - this.#clock.monotonic()), () => this.#expire())
  }

  #expire(): void {
    const [dropped] = expire(this.#assembler.gatherings, this.#clock.monotonic())
    if (!dropped) {
      this.#watchAge()
      return
    }
    const { ref } = dropped
    this.#receiver.fail(
      new StoreError('sync/limit', `The rest of push ${ref} did not come in time. Push it again.`, {
        retry: 'backoff',
        details: { ref },
      }),
    )
  }
}
