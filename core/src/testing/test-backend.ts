import { StoreError } from '../base/errors.ts'
import { memoryLogStore } from '../server/memory-log-store.ts'
import { memoryTransport } from '../server/memory-transport.ts'
import { createSyncServer, type SyncServer, type SyncServerOptions } from '../server/sync-server.ts'
import type { Line, SyncTransport } from '../sync/transport.ts'
import { seededRandom, type VirtualClock } from './virtual-clock.ts'

/** The real server over a log in memory on virtual time; its lines can be cut. */
export class TestBackend implements SyncTransport {
  readonly name = 'memory'
  readonly ordered = true
  readonly server: SyncServer
  /** False: nobody gets through. */
  reachable = true
  attempts = 0
  readonly #transport: SyncTransport
  readonly #cuts = new Set<() => void>()

  constructor(clock: VirtualClock, options: Partial<SyncServerOptions> & { seed?: number } = {}) {
    const random = seededRandom(options.seed ?? 99)
    this.server = createSyncServer({ log: memoryLogStore({ random }), ...options, clock, random })
    this.#transport = memoryTransport(this.server, clock)
  }

  connect(events: Parameters<SyncTransport['connect']>[0]): Line {
    this.attempts += 1
    let open = true
    const inner = this.#transport.connect({
      open: () => open && this.reachable && events.open(),
      frame: (text) => open && events.frame(text),
      closed: (error) => end(error),
    })
    const end = (error: StoreError) => {
      if (!open) return
      open = false
      this.#cuts.delete(cut)
      events.closed(error)
    }
    const cut = () => {
      inner.close()
      end(new StoreError('sync/offline', 'The line was cut.', { retry: 'backoff' }))
    }
    this.#cuts.add(cut)
    return {
      send: (text) => inner.send(text),
      close: () => {
        open = false
        this.#cuts.delete(cut)
        inner.close()
      },
    }
  }

  /** Ends all lines; nobody gets through until `reachable` is true again. */
  cut(): void {
    this.reachable = false
    for (const cut of [...this.#cuts]) cut()
  }
}
