import type { Clock } from '../base/clock.ts'
import type { Channel } from '../protocol/channel.ts'
import type { Frame, LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'

export type LeaderChannel = Channel<Frame<LeaderMessage>, Frame<SessionMessage>>

/** One tab's end at a store that is open, whether its leader can work already or not. */
export class Guest {
  readonly channel: LeaderChannel
  readonly #epoch: number
  sessionId: string | null = null
  /** Told of every advance; false until its hello is answered, and while it lags too far. */
  live = false
  #announcing = false

  constructor(channel: LeaderChannel, epoch: number) {
    this.channel = channel
    this.#epoch = epoch
  }

  send(message: LeaderMessage): void {
    this.channel.send({ epoch: this.#epoch, message })
  }

  /** Once, however many hellos have gathered while there was no leader. */
  announceSoon(clock: Clock, announcement: () => LeaderMessage): void {
    if (this.#announcing) return
    this.#announcing = true
    clock.soon(() => {
      this.#announcing = false
      this.send(announcement())
    })
  }
}
