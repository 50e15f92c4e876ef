import type { Frame, LeaderMessage, SessionMessage } from '@livefold/core/adapter'
import { LineChannel } from './line-channel.ts'

/** The leader's side of the line to one session, which may be gone from one moment to the next. */
export class LeaderLine extends LineChannel<Frame<LeaderMessage>, Frame<SessionMessage>> {
  readonly #explain: (frame: Frame<LeaderMessage>) => Frame<LeaderMessage>
  #closed: (() => void) | null = null
  /** The session went before anybody listened. */
  #lost = false

  /** `explain` gives what is sent in the place of each frame. */
  constructor(name: string, explain: (frame: Frame<LeaderMessage>) => Frame<LeaderMessage>) {
    super(name, 'leader')
    this.#explain = explain
  }

  override send(frame: Frame<LeaderMessage>): void {
    super.send(this.#explain(frame))
  }

  override listen(listener: (frame: Frame<SessionMessage>) => void, closed: () => void = () => {}): void {
    super.listen(listener)
    this.#closed = closed
    // After what came before.
    queueMicrotask(() => this.#lost && closed())
  }

  /** The session is gone for good. */
  lost(): void {
    if (!this.open) return
    this.close()
    this.#lost = this.#closed === null
    this.#closed?.()
  }
}
