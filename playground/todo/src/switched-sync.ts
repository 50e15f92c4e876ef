import { StoreError } from '@livefold/core'
import type { webSocketSync } from '@livefold/web'
import { NETWORK_CHANNEL, type Network, type NetworkMessage } from './network-message.ts'

type SyncTransport = ReturnType<typeof webSocketSync>
type LineEvents = Parameters<SyncTransport['connect']>[0]
type Line = ReturnType<SyncTransport['connect']>

/** The worker's half of the network's switches: a transport whose lines end, and do not open, while the pages say `offline`. */
export function switchedSync(transport: SyncTransport): SyncTransport {
  const channel = new BroadcastChannel(NETWORK_CHANNEL)
  const lines = new Set<SwitchedLine>()
  // Until a page has said how it is, nothing is sent.
  let network: Network | null = null
  channel.onmessage = ({ data }: MessageEvent<NetworkMessage>) => {
    if (data.type !== 'network') return
    network = data
    for (const line of lines) line.turn(data)
  }
  channel.postMessage({ type: 'ask' } satisfies NetworkMessage)
  return {
    ...transport,
    connect(events) {
      const line = new SwitchedLine(transport, events, () => lines.delete(line))
      lines.add(line)
      queueMicrotask(() => network && line.turn(network))
      return line
    },
  }
}

class SwitchedLine implements Line {
  readonly #transport: SyncTransport
  readonly #events: LineEvents
  readonly #ended: () => void
  readonly #out = new SlowLane()
  readonly #in = new SlowLane()
  #line: Line | null = null
  #over = false

  constructor(transport: SyncTransport, events: LineEvents, ended: () => void) {
    this.#transport = transport
    this.#events = events
    this.#ended = ended
  }

  turn({ offline, latency }: Network): void {
    if (this.#over) return
    this.#out.latency = latency
    this.#in.latency = latency
    if (!offline) {
      this.#line ??= this.#transport.connect({ ...this.#bound(), closed: (error) => this.#end(error) })
      return
    }
    this.#line?.close()
    this.#end(new StoreError('sync/offline', 'The offline switch of the playground is on.', { retry: 'backoff' }))
  }

  send(text: string): void {
    this.#out.pass(() => this.#over || this.#line?.send(text))
  }

  close(): void {
    this.#over = true
    this.#ended()
    this.#line?.close()
  }

  #bound(): Pick<LineEvents, 'open' | 'frame'> {
    return {
      open: () => this.#events.open(),
      frame: (text) => this.#in.pass(() => this.#over || this.#events.frame(text)),
    }
  }

  #end(error: StoreError): void {
    if (this.#over) return
    this.#over = true
    this.#ended()
    this.#events.closed(error)
  }
}

/** One direction of a line: what passes is held back for a while, and stays in order when the while is changed. */
class SlowLane {
  latency = 0
  #free = 0

  pass(go: () => void): void {
    const now = performance.now()
    this.#free = Math.max(this.#free, now + this.latency)
    if (this.#free > now) setTimeout(go, this.#free - now)
    else go()
  }
}
