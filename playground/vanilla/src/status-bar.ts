import type { Connection, Store } from '@livefold/core'
import type { OpenTodos } from '@livefold/playground-todo'
import { find } from '@livefold/playground-todo'
import { effect } from '@preact/signals-core'

const connections: Record<Connection, { readonly text: string; readonly tone: string }> = {
  none: { text: 'on its own', tone: 'plain' },
  offline: { text: 'offline', tone: 'plain' },
  connecting: { text: 'connecting', tone: 'warn' },
  online: { text: 'online', tone: 'good' },
  stopped: { text: 'stopped', tone: 'bad' },
}

/** How the store is doing: connection, what is pending, who leads, where it is kept. */
export function statusBar(store: Store, { network, leads }: OpenTodos): void {
  const { connection, pending, upstreamHead, leader, storage } = store.status
  const badge = find('.connection')
  const toggle = find<HTMLInputElement>('.offline')
  toggle.addEventListener('change', () => network.set({ offline: toggle.checked }))
  effect(() => {
    // Each try to connect would show for a moment.
    const state = network.network.value.offline && connection.value === 'connecting' ? 'offline' : connection.value
    const { text, tone } = connections[state]
    badge.textContent = text
    Object.assign(badge.dataset, { state, tone })
  })
  effect(() => {
    find('.pending').textContent = String(pending.value)
    find('.head').textContent = String(upstreamHead.value)
  })
  effect(() => {
    find('.leader').textContent = leads.value ? 'this tab leads' : 'another tab leads'
    find('.leader').dataset.leads = String(leads.value)
    find('.leader').title = `Its worker writes for all tabs. Leader number ${leader.value} (its epoch)`
  })
  effect(() => {
    find('.storage').textContent = storage.value === 'persisted' ? 'on disk' : 'in memory'
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
      .filter((wait) => !(wanted && (wait.code === 'backend' || wait.code === 'token')))
      .map(({ code, detail }) => `waiting for ${detail}${code === 'rebuild' ? ` (${percent(rebuild.value)})` : ''}`)
    find('.waits').textContent = [...(problem ? [problem.message] : []), ...lines].join(' · ')
  })
}

function percent(share: number | null): string {
  return `${Math.floor((share ?? 0) * 100)} %`
}
