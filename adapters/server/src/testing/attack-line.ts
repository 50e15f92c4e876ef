import type { ServerConnection, SyncServer } from '@livefold/core/server'
import { HELLO } from './attack-frames.ts'

interface Heard {
  readonly type: string
  readonly ref?: number
  readonly code?: string
  readonly events?: readonly { readonly seq: number; readonly args: unknown; readonly name: string }[]
  readonly head?: number
  readonly headId?: string | null
}

/** A line to the server without a socket, that keeps what comes down. */
export class AttackLine {
  readonly heard: Heard[] = []
  closedFor: string | null = null
  readonly #connection: ServerConnection
  #next: (() => void) | null = null

  constructor(server: SyncServer) {
    this.#connection = server.connect({
      send: (text) => this.#hear(JSON.parse(text)),
      close: (reason) => {
        this.closedFor = reason
        this.#next?.()
      },
      buffered: 0,
    })
  }

  /** Greeted, or refused. */
  static async open(server: SyncServer, hello: object): Promise<AttackLine> {
    const line = new AttackLine(server)
    line.send({ ...HELLO, ...hello })
    await line.until(({ type }) => type === 'welcome' || type === 'error')
    return line
  }

  send(message: object | string): void {
    this.#connection.receive(typeof message === 'string' ? message : JSON.stringify(message))
  }

  end(): void {
    this.#connection.closed()
  }

  /** The first message that fits, of all that came or will come; null once the line is closed without one. */
  async until(fits: (message: Heard) => boolean): Promise<Heard | null> {
    for (;;) {
      const found = this.heard.find(fits)
      if (found) return found
      if (this.closedFor !== null) return null
      await new Promise<void>((resolve) => {
        this.#next = resolve
      })
    }
  }

  #hear(message: Heard): void {
    this.heard.push(message)
    this.#next?.()
  }
}
