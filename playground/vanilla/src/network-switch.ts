import { type ReadonlySignal, signal } from '@preact/signals-core'
import { NETWORK_CHANNEL, type NetworkMessage } from './network-message.ts'

const KEY = 'playground:offline'

/** The page's half of the offline switch: kept over reloads, the same in all tabs, told to whichever worker leads. */
export class NetworkSwitch {
  readonly #offline = signal(localStorage.getItem(KEY) !== null)
  readonly #channel = new BroadcastChannel(NETWORK_CHANNEL)

  constructor() {
    this.#channel.onmessage = ({ data }: MessageEvent<NetworkMessage>) => {
      if (data.type === 'ask') this.#tell()
    }
    window.addEventListener('storage', ({ key }) => {
      if (key === KEY) this.#offline.value = localStorage.getItem(KEY) !== null
    })
    this.#tell()
  }

  get offline(): ReadonlySignal<boolean> {
    return this.#offline
  }

  flip(): void {
    const offline = !this.#offline.value
    if (offline) localStorage.setItem(KEY, 'yes')
    else localStorage.removeItem(KEY)
    this.#offline.value = offline
    this.#tell()
  }

  #tell(): void {
    this.#channel.postMessage({ type: 'network', offline: this.#offline.value } satisfies NetworkMessage)
  }
}
