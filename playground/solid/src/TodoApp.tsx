import { events, filters, lists, openCount, totalCount } from '@livefold/playground-todo'
import { createSignal, createUniqueId, For, type JSX, onMount, Show } from 'solid-js'
import { createHashFilter } from './hash-filter.ts'
import { useQuery, useQueryStore, useStore } from './store.ts'
import { TodoItem } from './TodoItem.tsx'

export function TodoApp(props: { focus: boolean }): JSX.Element {
  const id = createUniqueId()
  const store = useStore()

  const [title, setTitle] = createSignal('')
  const filter = createHashFilter()
  // A store: a row that changes keeps its element, and what is being typed into it.
  const todos = useQueryStore(() => lists[filter()])
  const total = useQuery(totalCount)
  const open = useQuery(openCount)

  let newTodo!: HTMLInputElement
  onMount(() => {
    if (props.focus) newTodo.focus()
  })

  function add(event: KeyboardEvent) {
    const trimmed = title().trim()
    if (event.key !== 'Enter' || event.isComposing || trimmed === '') return
    store.commit(events.todoCreated({ id: crypto.randomUUID(), title: trimmed }))
    setTitle('')
  }

  return (
    <section class="todoapp">
      <header class="header">
        <h1>todos</h1>
        <input
          ref={newTodo}
          class="new-todo"
          placeholder="What needs to be done?"
          aria-label="New todo"
          autocomplete="off"
          value={title()}
          onInput={(event) => setTitle(event.currentTarget.value)}
          onKeyDown={add}
        />
      </header>
      <Show when={total() > 0}>
        <section class="main">
          <input
            id={`toggle-all-${id}`}
            class="toggle-all"
            type="checkbox"
            checked={open() === 0}
            onChange={(event) => store.commit(events.allToggled({ done: event.currentTarget.checked }))}
          />
          <label for={`toggle-all-${id}`}>Mark all as complete</label>
          <ul class="todo-list">
            <For each={todos}>{(todo) => <TodoItem todo={todo} />}</For>
          </ul>
        </section>
        <footer class="footer">
          <span class="todo-count">
            <strong>{open()}</strong>
            {open() === 1 ? ' item left' : ' items left'}
          </span>
          <ul class="filters">
            <For each={filters}>
              {({ name, label, href }) => (
                <li>
                  <a
                    href={href}
                    classList={{ selected: name === filter() }}
                    aria-current={name === filter() ? 'page' : undefined}
                  >
                    {label}
                  </a>
                </li>
              )}
            </For>
          </ul>
          <Show when={total() > open()}>
            <button type="button" class="clear-completed" onClick={() => store.commit(events.doneCleared({}))}>
              Clear completed
            </button>
          </Show>
        </footer>
      </Show>
    </section>
  )
}
