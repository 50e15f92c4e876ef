import { createStore } from '@livefold/core'
import { webAdapter } from '@livefold/web'
import { signal } from '@preact/signals-core'
import { find } from './element.ts'
import { eventLog } from './event-log.ts'
import { NetworkSwitch } from './network-switch.ts'
import { events, schema, todos } from './schema.ts'
import { statusBar } from './status-bar.ts'
import { todoApp } from './todo-app.ts'

const parameters = new URLSearchParams(location.search)
const leads = signal(false)
const network = new NetworkSwitch()

async function start(): Promise<void> {
  const store = await createStore({
    schema,
    storeId: parameters.get('store') ?? 'todos',
    adapter: webAdapter({
      worker: () => new Worker(new URL('./store.worker.ts', import.meta.url), { type: 'module' }),
      storage: parameters.get('storage') === 'memory' ? 'memory' : 'opfs',
      onLeading: (leading) => {
        leads.value = leading
      },
    }),
    development: import.meta.env.DEV,
  })
  todoApp(store)
  statusBar(store, network, leads)
  document.body.classList.add('ready')
  // For the console: `livefold.store.query(livefold.todos.count())`.
  Object.assign(globalThis, { livefold: { store, events, todos, leads, performance: performance.now() } })
  await eventLog(store)
}

start().catch((error: unknown) => {
  find('.waits').textContent = error instanceof Error ? error.message : String(error)
  throw error
})
