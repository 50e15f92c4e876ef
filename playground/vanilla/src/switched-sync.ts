import { StoreError } from '@livefold/core'
import type { webSocketSync } from '@livefold/web'
import { NETWORK_CHANNEL, type NetworkMessage } from './network-message.ts'

type SyncTransport = ReturnType<typeof webSocketSync>
type LineEvents = Parameters<SyncTransport['connect']>[0]
type Line = ReturnType<SyncTransport['connect']>

/** The worker's half of the offline switch: a transport whose lines end, and do not open, while the pages say `offline`. */
export function switchedSync(transport: SyncTransport): SyncTransport {
  const channel = new BroadcastChannel(NETWORK_CHANNEL)
  const lines = new Set<SwitchedLine>()
  // Until a page has said which it is, nothing is sent.
  let offline: boolean | null = null
  channel.onmessage = ({ data }: MessageEvent<NetworkMessage>) => {
    if (data.type !== 'network') return
    offline = data.offline
    for (const line of lines) line.turn(offline)
  }
  channel.postMessage({ type: 'ask' } satisfies NetworkMessage)
  return {
    ...transport,
    connect(events) {
      const line = new SwitchedLine(transport, events, () => lines.delete(line))
      lines.add(line)
      if (offline !== null) queueMicrotask(() => line.turn(offline === true))
      return line
    },
  }
}

class SwitchedLine implements Line {
  readonly #transport: SyncTransport
  readonly #events: LineEvents
  readonly #ended: () => void
  #line: Line | null = null
  #over = false

  constructor(transport: SyncTransport, events: LineEvents, ended: () => void) {
    this.#transport = transport
    this.#events = events
    this.#ended = ended
  }

  turn(offline: boolean): void {
    if (this.#over) return
    if (!offline) {
      this.#line ??= this.#transport.connect({ ...this.#bound(), closed: (error) => this.#end(error) })
      return
    }
    this.#line?.close()
    this.#end(new StoreError('sync/offline', 'The offline switch of the playground is on.', { retry: 'backoff' }))
  }

  send(text: string): void {
    this.#line?.send(text)
  }

  close(): void {
    this.#over = true
    this.#ended()
    this.#line?.close()
  }

  #bound(): Pick<LineEvents, 'open' | 'frame'> {
    return { open: () => this.#events.open(), frame: (text) => this.#events.frame(text) }
  }

  #end(error: StoreError): void {
    if (this.#over) return
    this.#over = true
    this.#ended()
    this.#events.closed(error)
  }
}
