import type { NewEvent } from '@livefold/core'
import { type Accessor, createContext, createSignal, useContext } from 'solid-js'
import { type BoardStore, useStore } from './open-board.ts'
import { measured } from './speed.ts'
import { createView, type View } from './view.ts'

export type Field = 'title' | 'status' | 'priority'

/** A field of a row that is being edited where it stands. */
export interface Editing {
  readonly id: string
  readonly field: Field
}

/** What the parts of the page share. */
export interface BoardState {
  readonly view: View
  readonly store: BoardStore
  readonly editing: Accessor<Editing | null>
  /** Of the dialog: an issue, a new one (`null`), or no dialog (`undefined`). */
  readonly opened: Accessor<string | null | undefined>
  show(name: string, change: Partial<View>): void
  commit(name: string, ...events: NewEvent[]): void
  edit(editing: Editing | null): void
  open(id: string | null | undefined): void
}

export const BoardContext = createContext<BoardState>()

export function useBoard(): BoardState {
  const state = useContext(BoardContext)
  if (!state) throw new Error('useBoard needs a <BoardContext.Provider> above')
  return state
}

export function createBoardState(): BoardState {
  const store = useStore()
  const [view, change] = createView()
  const [editing, edit] = createSignal<Editing | null>(null)
  const [opened, open] = createSignal<string | null | undefined>()
  return {
    view,
    store,
    editing,
    opened,
    show: (name, to) => measured(name, () => change(to)),
    commit: (name, ...events) => measured(name, () => store.commit(...events)),
    edit,
    open,
  }
}
