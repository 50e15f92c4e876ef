import type { BoardState } from './board-state.ts'
import { oneIssue } from './issue-queries.ts'
import { events } from './schema.ts'
import { type Status, statuses } from './vocabulary.ts'

/** What the keys do with the row that is meant; true for those that do something. */
export function issueKeys(board: BoardState): (key: KeyboardEvent, id: string) => boolean {
  return ({ key, shiftKey }, id) => {
    if (key === 'Enter') board.open(id)
    else if (key === 'e' || key === 'F2') board.edit({ id, field: 'title' })
    else if (key === 's') board.edit({ id, field: 'status' })
    else if (key === 'p') board.edit({ id, field: 'priority' })
    else if (key === 'Delete') board.commit('Delete', events.issueDeleted({ id }))
    else if (shiftKey && key === 'ArrowRight') moveBy(board, id, 1)
    else if (shiftKey && key === 'ArrowLeft') moveBy(board, id, -1)
    else return false
    return true
  }
}

/** One status on, or back. */
function moveBy({ store, commit }: BoardState, id: string, steps: number): void {
  const status = store.query(oneIssue(id))?.status as Status | undefined
  const next = statuses[statuses.findIndex(({ value }) => value === status) + steps]
  if (status && next) commit('Move', events.issueMoved({ id, status: next.value }))
}
