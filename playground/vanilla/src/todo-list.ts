import type { Store } from '@livefold/core'
import type { Todo } from '@livefold/playground-todo'
import { TodoItem } from './todo-item.ts'

/** Keeps the list's elements in step with its rows: one element per todo, moved only where its place changed. */
export class TodoList {
  readonly #list: HTMLElement
  readonly #store: Store
  #items = new Map<string, TodoItem>()

  constructor(list: HTMLElement, store: Store) {
    this.#list = list
    this.#store = store
  }

  show(todos: readonly Todo[]): void {
    const items = new Map<string, TodoItem>()
    for (const todo of todos) {
      const item = this.#items.get(todo.id) ?? new TodoItem(this.#store, todo)
      item.show(todo)
      items.set(todo.id, item)
    }
    for (const [id, item] of this.#items) if (!items.has(id)) item.element.remove()
    let place = this.#list.firstElementChild
    for (const { element } of items.values()) {
      if (element === place) place = place.nextElementSibling
      else this.#list.insertBefore(element, place)
    }
    this.#items = items
  }
}
