import { type ReadonlySignal, signal } from '@preact/signals-core'
import { NETWORK_CHANNEL, type Network, type NetworkMessage } from './network-message.ts'

const KEY = 'playground:network'

/** The page's half of the network's switches: kept over reloads, the same in all tabs, told to whichever worker leads. */
export class NetworkSwitch {
  readonly #network = signal(kept())
  #channel = this.#listen()

  constructor() {
    // An open channel keeps a page out of the back/forward cache.
    window.addEventListener('pagehide', () => this.#channel.close())
    window.addEventListener('pageshow', ({ persisted }) => {
      if (!persisted) return
      this.#channel = this.#listen()
      this.#network.value = kept()
    })
    window.addEventListener('storage', ({ key }) => {
      if (key === KEY) this.#network.value = kept()
    })
    this.#tell()
  }

  get network(): ReadonlySignal<Network> {
    return this.#network
  }

  set(change: Partial<Network>): void {
    const before = this.#network.value
    this.#network.value = { ...before, ...change }
    localStorage.setItem(KEY, JSON.stringify(this.#network.value))
    this.#tell()
    const { offline } = this.#network.value
    // What a browser says when its network comes or goes.
    if (offline !== before.offline) window.dispatchEvent(new Event(offline ? 'offline' : 'online'))
  }

  #listen(): BroadcastChannel {
    const channel = new BroadcastChannel(NETWORK_CHANNEL)
    channel.onmessage = ({ data }: MessageEvent<NetworkMessage>) => {
      if (data.type === 'ask') this.#tell()
    }
    return channel
  }

  #tell(): void {
    this.#channel.postMessage({ type: 'network', ...this.#network.value } satisfies NetworkMessage)
  }
}

function kept(): Network {
  return { offline: false, latency: 0, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') }
}
