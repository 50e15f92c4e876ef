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

  /** Resolves when the lock is held and the lobby knows. */
  static async enter(names: StoreNames, line: string): Promise<Presence> {
    const presence = new Presence(names, line)
    await new Promise<void>((held, failed) => {
      navigator.locks
        .request(names.session + line, () => {
          held()
          return new Promise<void>((release) => {
            presence.#release = release
          })
        })
        .catch(failed)
    })
    presence.show()
    return presence
  }

  private constructor(names: StoreNames, line: string) {
    this.#line = line
    this.#lobby = new BroadcastChannel(names.lobby)
  }

  /** Asks the leader in office for an announcement. */
  show(): void {
    this.#lobby.postMessage({ type: 'here', line: this.#line } satisfies LobbyMessage)
  }

  leave(): void {
    this.#lobby.close()
    this.#release?.()
    this.#release = null
  }
}
