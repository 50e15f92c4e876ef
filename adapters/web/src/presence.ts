import type { StoreNames } from './store-names.ts'
import type { LobbyMessage } from './worker-messages.ts'

/**
 * Shows the leader that a line is there. The lock of its name tells when it is gone, however it went; a leader elected later finds
 * the lock, one in office hears the lobby.
 */
export class Presence {
  readonly #line: string
  readonly #lobby: BroadcastChannel
  #release: (() => void) | null = null
  #left = false
  /** Resolves when the lock is held and the lobby knows, or when it was left meanwhile. */
  readonly entered: Promise<void>

  constructor(names: StoreNames, line: string) {
    this.#line = line
    this.#lobby = new BroadcastChannel(names.lobby)
    this.entered = new Promise((entered, failed) => {
      navigator.locks
        .request(names.session + line, () => {
          entered()
          if (this.#left) return
          return new Promise<void>((release) => {
            this.#release = release
            this.show()
          })
        })
        .catch(failed)
    })
  }

  /** Asks the leader in office for an announcement; not before the lock is held, by which it would know the line for gone. */
  show(): void {
    if (this.#release) this.#lobby.postMessage({ type: 'here', line: this.#line } satisfies LobbyMessage)
  }

  leave(): void {
    this.#left = true
    this.#lobby.close()
    this.#release?.()
    this.#release = null
  }
}
