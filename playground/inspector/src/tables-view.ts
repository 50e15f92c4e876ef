import { queryDb } from '@livefold/core'
import { element, type TodoStore } from '@livefold/playground-todo'
import { effect, signal } from '@preact/signals-core'
import { shortIds } from './event-line.ts'
import { frameEffect } from './frame-effect.ts'
import type { TabView } from './tabs.ts'

/** Rows shown of a table, at most. */
const SHOWN = 100

/** The state: rows of one table, live while they are in sight. */
export function tablesView(store: TodoStore): TabView {
  const tables = Object.values(store.schema.definitions.tables)
  const chosen = signal(tables[0])
  const choice = element('select', { className: 'select', ariaLabel: 'Table' })
  choice.append(...tables.map(({ name }) => element('option', { value: name, textContent: name })))
  choice.addEventListener('change', () => {
    chosen.value = tables[choice.selectedIndex]
  })
  const count = element('span', { className: 'small soft figure log-count' })
  const head = element('thead')
  const body = element('tbody')
  const box = element(
    'div',
    { className: 'table-box', tabIndex: 0, role: 'region', ariaLabel: 'Rows' },
    element('table', { className: 'table' }, head, body),
  )

  effect(() => {
    const columns = store.schema.tables.get(chosen.value?.name ?? '')?.columns ?? []
    head.replaceChildren(
      element('tr', {}, ...columns.map(({ name }) => element('th', { scope: 'col', textContent: name }))),
    )
  })

  function show(): void {
    const table = chosen.value
    if (!table) return
    const rows = store.signal(queryDb(table.limit(SHOWN), { label: `inspector: rows of ${table.name}` })).value
    const total = store.signal(queryDb(table.count(), { label: `inspector: count of ${table.name}` })).value
    body.replaceChildren(...rows.map(rowLine))
    count.textContent = total > SHOWN ? `${SHOWN} of ${total.toLocaleString('en')}` : total.toLocaleString('en')
  }

  return {
    element: element('div', {}, element('div', { className: 'filter-row' }, choice, count), box),
    shown: () => frameEffect(show),
  }
}

function rowLine(row: object): HTMLElement {
  return element('tr', {}, ...Object.values(row).map((value) => element('td', { textContent: valueText(value) })))
}

function valueText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return shortIds(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
}
