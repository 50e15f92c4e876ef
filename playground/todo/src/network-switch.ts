import { type ReadonlySignal, signal } from '@preact/signals-core'
import { NETWORK_CHANNEL, type Network, type NetworkMessage } from './network-message.ts'

const KEY = 'playground:network'

/** The page's half of the network's switches: kept over reloads, the same in all tabs, told to whichever worker leads. */
export class NetworkSwitch {
  readonly #network = signal(kept())
  readonly #channel = new BroadcastChannel(NETWORK_CHANNEL)

  constructor() {
    this.#channel.onmessage = ({ data }: MessageEvent<NetworkMessage>) => {
      if (data.type === 'ask') this.#tell()
    }
    window.addEventListener('storage', ({ key }) => {
      if (key === KEY) this.#network.value = kept()
    })
    this.#tell()
  }

  get network(): ReadonlySignal<Network> {
    return this.#network
  }

  set(change: Partial<Network>): void {
    this.#network.value = { ...this.#network.value, ...change }
    localStorage.setItem(KEY, JSON.stringify(this.#network.value))
    this.#tell()
  }

  #tell(): void {
    this.#channel.postMessage({ type: 'network', ...this.#network.value } satisfies NetworkMessage)
  }
}

function kept(): Network {
  return { offline: false, latency: 0, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') }
}
