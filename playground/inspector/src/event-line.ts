import { element, type TodoStore } from '@livefold/playground-todo'

/** What is shown of an event, confirmed or not. */
export interface ShownEvent {
  readonly seq?: number
  readonly name: string
  readonly args: unknown
  readonly clientId: string
  readonly sessionId: string
}

/** Whose an event may be, and the tone of its mark. This browser: another tab, or this one before it was loaded again. */
const authors = { 'this tab': 'good', 'this browser': 'info', 'another client': 'muse' } as const

type Author = keyof typeof authors

/** The parts of a line about an event: place, whose it is, name, arguments. */
export function eventParts(store: TodoStore, event: ShownEvent): HTMLElement[] {
  const from = authorOf(store, event)
  return [
    element('span', { className: 'seq figure', textContent: event.seq === undefined ? '' : String(event.seq) }),
    authorMark(from),
    element('span', { className: 'name', textContent: event.name }),
    element('span', { className: 'args clip', textContent: argsText(event.args) }),
    element('span', { className: 'unseen', textContent: from }),
  ]
}

/** What the marks mean. */
export function authorLegend(): HTMLElement {
  const entries = Object.keys(authors).map((from) => element('li', {}, authorMark(from as Author), from))
  return element('ul', { className: 'legend small soft', ariaLabel: 'Marks' }, ...entries)
}

function authorOf(store: TodoStore, { sessionId, clientId }: ShownEvent): Author {
  if (sessionId === store.sessionId) return 'this tab'
  return clientId === store.clientId ? 'this browser' : 'another client'
}

function authorMark(from: Author): HTMLElement {
  const mark = element('span', { className: 'mark', title: from })
  mark.dataset.tone = authors[from]
  return mark
}

/** Names and values, what they are about first and ids last. */
function argsText(args: unknown): string {
  if (args === null || typeof args !== 'object') return shortIds(JSON.stringify(args))
  return Object.entries(args)
    .sort(([a], [b]) => Number(a === 'id') - Number(b === 'id'))
    .map(([name, value]) => `${name}: ${shortIds(typeof value === 'string' ? value : JSON.stringify(value))}`)
    .join(', ')
}

/** Of random ids the first digits, so that what matters has room. */
export function shortIds(text: string): string {
  return text.replace(/\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '$1…')
}
