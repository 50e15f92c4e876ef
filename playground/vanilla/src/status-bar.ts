import type { Connection, Store } from '@livefold/core'
import { effect, type ReadonlySignal } from '@preact/signals-core'
import { find } from './element.ts'
import type { NetworkSwitch } from './network-switch.ts'

const connections: Record<Connection, string> = {
  none: 'on its own',
  offline: 'offline',
  connecting: 'connecting',
  online: 'online',
  stopped: 'stopped',
}

/** How the store is doing: connection, what is pending, who leads, where it is kept. */
export function statusBar(store: Store, network: NetworkSwitch, leads: ReadonlySignal<boolean>): void {
  const { connection, pending, upstreamHead, leader, storage, waits, error } = store.status
  const badge = find('.connection')
  const toggle = find<HTMLInputElement>('.offline')
  toggle.addEventListener('change', () => network.flip())
  effect(() => {
    badge.textContent = connections[connection.value]
    badge.dataset.state = connection.value
  })
  effect(() => {
    find('.pending').textContent = String(pending.value)
    find('.head').textContent = String(upstreamHead.value)
  })
  effect(() => {
    find('.leader').textContent = leads.value ? 'this tab leads' : 'another tab leads'
    find('.leader').dataset.leads = String(leads.value)
    find('.epoch').textContent = String(leader.value)
  })
  effect(() => {
    find('.storage').textContent = storage.value === 'persisted' ? 'kept on this device' : 'in memory only'
    find('.storage').dataset.storage = storage.value
  })
  effect(() => {
    toggle.checked = network.offline.value
  })
  effect(() => {
    const lines = waits.value.map((wait) => `waiting for ${wait.detail}`)
    find('.waits').textContent = [...(error.value ? [error.value.message] : []), ...lines].join(' · ')
  })
}
