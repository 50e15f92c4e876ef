import type { Connection, Store } from '@livefold/core'
import type { OpenTodos } from '@livefold/playground-todo'
import { find } from '@livefold/playground-todo'
import { effect } from '@preact/signals-core'

const connections: Record<Connection, string> = {
  none: 'on its own',
  offline: 'offline',
  connecting: 'connecting',
  online: 'online',
  stopped: 'stopped',
}

/** How the store is doing: connection, what is pending, who leads, where it is kept. */
export function statusBar(store: Store, { network, leads }: OpenTodos): void {
  const { connection, pending, upstreamHead, leader, storage } = store.status
  const badge = find('.connection')
  const toggle = find<HTMLInputElement>('.offline')
  toggle.addEventListener('change', () => network.set({ offline: toggle.checked }))
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
    toggle.checked = network.network.value.offline
  })
}

/** What the store waits for, also while it opens, and what it cannot do. */
export function waitsLine({ network, status: { rebuild, waits, error } }: OpenTodos): void {
  effect(() => {
    // What the switch itself brings about is said by the badge.
    const wanted = network.network.value.offline
    const problem = wanted && error.value?.code === 'sync/offline' ? null : error.value
    const lines = waits.value
      .filter((wait) => !(wanted && wait.code === 'backend'))
      .map(({ code, detail }) => `waiting for ${detail}${code === 'rebuild' ? ` (${percent(rebuild.value)})` : ''}`)
    find('.waits').textContent = [...(problem ? [problem.message] : []), ...lines].join(' · ')
  })
}

function percent(share: number | null): string {
  return `${Math.floor((share ?? 0) * 100)} %`
}
