import { events, type Todo } from '@livefold/playground-todo'
import { createSignal, type JSX, Show } from 'solid-js'
import { useStore } from './store.ts'

export function TodoItem(props: { todo: Todo }): JSX.Element {
  const store = useStore()
  // What is being typed; null while the todo is not edited.
  const [draft, setDraft] = createSignal<string | null>(null)
  let toggle!: HTMLInputElement

  const edit = () => setDraft(props.todo.title)

  /** An empty title deletes the todo. */
  function save() {
    const title = draft()?.trim()
    if (title === undefined) return
    setDraft(null)
    const { id } = props.todo
    if (title === '') store.commit(events.todoDeleted({ id }))
    else if (title !== props.todo.title) store.commit(events.todoRenamed({ id, title }))
  }

  function endByKey(event: KeyboardEvent) {
    if (event.isComposing || !['Enter', 'Escape'].includes(event.key)) return
    if (event.key === 'Enter') save()
    else setDraft(null)
    toggle.focus()
  }

  return (
    <li classList={{ completed: props.todo.done, editing: draft() !== null }} data-id={props.todo.id}>
      <div class="view">
        <input
          ref={toggle}
          type="checkbox"
          class="toggle"
          aria-label={props.todo.title}
          checked={props.todo.done}
          onChange={(event) =>
            store.commit(events.todoToggled({ id: props.todo.id, done: event.currentTarget.checked }))
          }
          onKeyDown={(event) => event.key === 'F2' && edit()}
        />
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the specification wants a label; the checkbox is named by the title */}
        <label onDblClick={edit}>{props.todo.title}</label>
        <button
          type="button"
          class="destroy"
          aria-label="Delete"
          onClick={() => store.commit(events.todoDeleted({ id: props.todo.id }))}
        />
      </div>
      <Show when={draft() !== null}>
        <input
          ref={cursorAtEnd}
          class="edit"
          aria-label="Edit"
          value={draft() ?? ''}
          onInput={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={endByKey}
          onBlur={save}
        />
      </Show>
    </li>
  )
}

/** Called before the element is in the page. */
function cursorAtEnd(input: HTMLInputElement): void {
  queueMicrotask(() => {
    input.focus()
    input.setSelectionRange(input.value.length, input.value.length)
  })
}
