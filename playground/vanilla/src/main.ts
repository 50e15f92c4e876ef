import { element, find, openTodos, showToConsole } from '@livefold/playground-todo'
import { pageHeader } from '../../design/page-header.ts'
import { eventLog } from './event-log.ts'
import { statusBar, waitsLine } from './status-bar.ts'
import { todoApp } from './todo-app.ts'

async function start(): Promise<void> {
  pageHeader(find('.page-header'))
  const opening = openTodos()
  waitsLine(opening)
  const store = await opening.store
  todoApp(store)
  statusBar(store, opening)
  showToConsole(opening, store)
  await eventLog(store)
}

start().catch((error: unknown) => {
  const textContent = error instanceof Error ? error.message : String(error)
  const notice = element('p', { className: 'notice', role: 'alert', textContent })
  notice.dataset.tone = 'bad'
  find('.todoapp').replaceWith(notice)
  throw error
})
