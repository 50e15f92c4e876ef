import { events, filters, find, lists, openCount, type TodoStore, totalCount } from '@livefold/playground-todo'
import { effect } from '@preact/signals-core'
import { hashFilter } from './filter.ts'
import { TodoList } from './todo-list.ts'

/** TodoMVC, by the public specification of its app. */
export function todoApp(store: TodoStore): void {
  const newTodo = find<HTMLInputElement>('.new-todo')
  const toggleAll = find<HTMLInputElement>('.toggle-all')
  const clear = find<HTMLButtonElement>('.clear-completed')
  const count = find('.todo-count')
  const list = new TodoList(find('.todo-list'), store)
  const filter = hashFilter()
  const totals = store.signal(totalCount)
  const opens = store.signal(openCount)

  newTodo.focus()
  newTodo.addEventListener('keydown', ({ key, isComposing }) => {
    const title = newTodo.value.trim()
    if (key !== 'Enter' || isComposing || title === '') return
    newTodo.value = ''
    store.commit(events.todoCreated({ id: crypto.randomUUID(), title }))
  })
  toggleAll.addEventListener('change', () => store.commit(events.allToggled({ done: toggleAll.checked })))
  clear.addEventListener('click', () => store.commit(events.doneCleared({})))

  effect(() => list.show(store.signal(lists[filter.value]).value))
  effect(() => {
    const none = totals.value === 0
    find('.main').hidden = none
    find('.footer').hidden = none
    toggleAll.checked = !none && opens.value === 0
    clear.hidden = totals.value === opens.value
    const strong = document.createElement('strong')
    strong.textContent = String(opens.value)
    count.replaceChildren(strong, opens.value === 1 ? ' item left' : ' items left')
  })
  effect(() => {
    for (const link of document.querySelectorAll('.filters a')) {
      const mine = filters.some(({ name, href }) => name === filter.value && href === link.getAttribute('href'))
      link.classList.toggle('selected', mine)
      if (mine) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
  })
}
