import type { ConfirmedEvent, Store } from '@livefold/core'
import { element, find } from '@livefold/playground-todo'

/** Events shown at most. */
const SHOWN = 200

/** The newest confirmed events, live. */
export async function eventLog(store: Store): Promise<void> {
  const list = find('.eventlog')
  // It scrolls: the keyboard has to get there.
  list.tabIndex = 0
  const after = Math.max(0, store.status.upstreamHead.value - SHOWN)
  for await (const event of store.events({ after })) {
    list.prepend(line(event, event.sessionId === store.sessionId, event.clientId === store.clientId))
    while (list.childElementCount > SHOWN) list.lastElementChild?.remove()
  }
}

function line(event: ConfirmedEvent, own: boolean, here: boolean): HTMLElement {
  const args = JSON.stringify(event.args)
  const item = element(
    'li',
    { title: `${event.id}\n${args}` },
    element('span', { className: 'seq', textContent: String(event.seq) }),
    element('span', { className: 'name', textContent: event.name }),
    element('span', { className: 'args', textContent: args }),
  )
  item.dataset.from = own ? 'this tab' : here ? 'another tab' : 'elsewhere'
  return item
}
