import { element, type TodoStore } from '@livefold/playground-todo'

/** What is shown of an event, confirmed or not. */
export interface ShownEvent {
  readonly seq?: number
  readonly name: string
  readonly args: unknown
  readonly clientId: string
  readonly sessionId: string
}

/** The parts of a line about an event: place, whose it is, name, arguments. */
export function eventParts(store: TodoStore, event: ShownEvent): HTMLElement[] {
  const [from, tone] =
    event.sessionId === store.sessionId
      ? ['this tab', 'good']
      : event.clientId === store.clientId
        ? ['another tab', 'info']
        : ['another client', 'muse']
  const mark = element('span', { className: 'mark', title: from })
  mark.dataset.tone = tone
  return [
    element('span', { className: 'seq figure', textContent: event.seq === undefined ? '' : String(event.seq) }),
    mark,
    element('span', { className: 'name', textContent: event.name }),
    element('span', { className: 'args clip', textContent: argsText(event.args) }),
    element('span', { className: 'unseen', textContent: from }),
  ]
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
