import type { Store } from '@livefold/core'
import { element, events, type Todo } from '@livefold/playground-todo'

/** One line of the list. It keeps its element, and what is being typed into it, while rows around it come and go. */
export class TodoItem {
  readonly element: HTMLLIElement
  readonly #store: Store
  readonly #toggle: HTMLInputElement
  readonly #label: HTMLLabelElement
  #todo: Todo
  #edit: HTMLInputElement | null = null

  constructor(store: Store, todo: Todo) {
    this.#store = store
    this.#todo = todo
    this.#toggle = element('input', { type: 'checkbox', className: 'toggle' })
    this.#label = element('label')
    const destroy = element('button', { type: 'button', className: 'destroy', ariaLabel: 'Delete' })
    this.element = element('li', {}, element('div', { className: 'view' }, this.#toggle, this.#label, destroy))
    this.element.dataset.id = todo.id
    this.#toggle.addEventListener('change', () =>
      store.commit(events.todoToggled({ id: todo.id, done: this.#toggle.checked })),
    )
    this.#toggle.addEventListener('keydown', ({ key }) => {
      if (key === 'F2') this.#open()
    })
    this.#label.addEventListener('dblclick', () => this.#open())
    destroy.addEventListener('click', () => store.commit(events.todoDeleted({ id: todo.id })))
    this.show(todo)
  }

  show(todo: Todo): void {
    this.#todo = todo
    this.#toggle.checked = todo.done
    this.#toggle.ariaLabel = todo.title
    this.#label.textContent = todo.title
    this.element.classList.toggle('completed', todo.done)
  }

  #open(): void {
    if (this.#edit) return
    const edit = element('input', { className: 'edit', value: this.#todo.title, ariaLabel: 'Edit' })
    this.#edit = edit
    edit.addEventListener('keydown', ({ key, isComposing }) => {
      if (isComposing || (key !== 'Enter' && key !== 'Escape')) return
      if (key === 'Enter') this.#save()
      else this.#close()
      this.#toggle.focus()
    })
    edit.addEventListener('blur', () => this.#save())
    this.element.classList.add('editing')
    this.element.append(edit)
    edit.focus()
    edit.setSelectionRange(edit.value.length, edit.value.length)
  }

  /** An empty title deletes the todo. */
  #save(): void {
    if (!this.#edit) return
    const title = this.#edit.value.trim()
    this.#close()
    const { id } = this.#todo
    if (title === '') this.#store.commit(events.todoDeleted({ id }))
    else if (title !== this.#todo.title) this.#store.commit(events.todoRenamed({ id, title }))
  }

  #close(): void {
    const edit = this.#edit
    // Removing it blurs it.
    this.#edit = null
    edit?.remove()
    this.element.classList.remove('editing')
  }
}
