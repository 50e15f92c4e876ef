import type { QueryInspection } from '@livefold/core'
import { inspect } from '@livefold/core'
import { element, type TodoStore } from '@livefold/playground-todo'
import type { TabView } from './tabs.ts'

/** How often the counts are read, ms. */
const EVERY = 250

/** The live queries: how often each ran, how often changed rows alone brought it up to date, and how long the last run took. */
export function queriesView(store: TodoStore): TabView {
  const body = element('tbody')
  const box = element(
    'div',
    { className: 'table-box', tabIndex: 0, role: 'region', ariaLabel: 'Live queries' },
    element(
      'table',
      { className: 'table' },
      element(
        'thead',
        {},
        element('tr', {}, heading('Query'), heading('Runs', true), heading('Patches', true), heading('Last', true)),
      ),
      body,
    ),
  )
  let told = ''
  function render(): void {
    const queries = inspect(store)
    const now = JSON.stringify(queries)
    if (now === told) return
    told = now
    body.replaceChildren(...queries.map(row))
  }
  return {
    element: element('div', {}, box),
    shown() {
      render()
      const timer = setInterval(render, EVERY)
      return () => clearInterval(timer)
    },
  }
}

function heading(text: string, number = false): HTMLElement {
  return element('th', { scope: 'col', textContent: text, className: number ? 'number' : '' })
}

function row({ label, sql, runs, patches, observed, lastDurationMs }: QueryInspection): HTMLElement {
  const name = element('td', { title: sql, className: observed ? '' : 'soft' }, label ?? sql)
  return element(
    'tr',
    {},
    name,
    element('td', { className: 'number', textContent: String(runs) }),
    element('td', { className: 'number', textContent: String(patches) }),
    element('td', {
      className: 'number',
      textContent: lastDurationMs === undefined ? '–' : `${lastDurationMs.toFixed(1)} ms`,
    }),
  )
}
