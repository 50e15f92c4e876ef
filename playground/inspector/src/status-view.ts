import type { Connection } from '@livefold/core'
import { element } from '@livefold/playground-todo'
import { effect } from '@preact/signals-core'
import type { Inspected } from './inspector.ts'

const connections: Record<Connection, { readonly text: string; readonly tone: string }> = {
  none: { text: 'on its own', tone: 'plain' },
  offline: { text: 'offline', tone: 'plain' },
  connecting: { text: 'connecting', tone: 'warn' },
  online: { text: 'online', tone: 'good' },
  stopped: { text: 'stopped', tone: 'bad' },
}

/** How the store is doing: connection, who leads, what is pending, where it is kept, what it waits for. */
export function statusView({ store, network, leads }: Inspected): HTMLElement {
  const { connection, pending, upstreamHead, backendHead, leader, storage, waits, error } = store.status
  const badge = element('span', { className: 'badge dot connection', role: 'status' })
  const office = element('span', { className: 'leader small soft' })
  const facts = element('dl', { className: 'store-facts' })
  const waiting = element('p', { className: 'waits small', role: 'status' })

  fact(facts, 'Pending', 'pending', () => String(pending.value))
  fact(facts, 'Confirmed', 'head', () => String(upstreamHead.value))
  fact(facts, 'Server has', 'backend', () => String(backendHead.value))
  fact(facts, 'Kept', 'storage', () => (storage.value === 'persisted' ? 'on disk' : 'in memory'))
  effect(() => {
    // Each try to connect would show for a moment.
    const state = network.network.value.offline && connection.value === 'connecting' ? 'offline' : connection.value
    const { text, tone } = connections[state]
    badge.textContent = text
    Object.assign(badge.dataset, { state, tone })
  })
  effect(() => {
    office.textContent = leads.value ? 'this tab leads' : 'another tab leads'
    office.title = `Its worker writes for all tabs. Leader number ${leader.value} (its epoch)`
  })
  effect(() => {
    // What the switch itself brings about is said by the badge.
    const { offline } = network.network.value
    const problem = offline && error.value?.code === 'sync/offline' ? null : error.value
    const lines = waits.value
      .filter((wait) => !(offline && (wait.code === 'backend' || wait.code === 'token')))
      .map((wait) => `waiting for ${wait.detail}`)
    waiting.textContent = [...(problem ? [problem.message] : []), ...lines].join(' · ')
    waiting.title = waiting.textContent
  })
  return element(
    'div',
    { className: 'status-view' },
    element('div', { className: 'row' }, element('h2', { textContent: 'Store' }), badge, office),
    facts,
    waiting,
  )
}

function fact(list: HTMLElement, name: string, className: string, value: () => string): void {
  const shown = element('dd', { className })
  effect(() => {
    shown.textContent = value()
  })
  list.append(element('div', {}, element('dt', { textContent: name }), shown))
}
