import { createMemo, For, type JSX, Show } from 'solid-js'
import { useBoard } from './board-state.ts'
import { Person, PriorityField, StatusField } from './issue-fields.tsx'
import { issueKeys } from './issue-keys.ts'
import { issueIds, oneIssue } from './issue-queries.ts'
import { useQuery } from './open-board.ts'
import type { Issue } from './schema.ts'
import { TitleField } from './TitleField.tsx'
import { VirtualGrid } from './VirtualGrid.tsx'
import { parametersOf } from './view.ts'

const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })

/** All issues of the view, one a line. */
export function IssueList(props: { rowHeight: number }): JSX.Element {
  const board = useBoard()
  const rows = useQuery(() => issueIds(board.view, board.view.statuses))
  const ids = createMemo(() => rows().map(({ id }) => id))
  return (
    <VirtualGrid
      class="panel list"
      label="Issues"
      ids={ids()}
      rowHeight={props.rowHeight}
      of={parametersOf(board.view).toString()}
      onKey={issueKeys(board)}
      row={(id) => <IssueRow id={id} />}
    />
  )
}

function IssueRow(props: { id: string }): JSX.Element {
  const issue = useQuery(() => oneIssue(props.id))
  return <Show when={issue()}>{(shown) => <IssueCells issue={shown()} />}</Show>
}

function IssueCells(props: { issue: Issue }): JSX.Element {
  const { open } = useBoard()
  return (
    <>
      <div role="gridcell" class="cell-number">
        <button
          type="button"
          class="number figure"
          tabindex="-1"
          aria-label={`Open number ${props.issue.number}`}
          onClick={() => open(props.issue.id)}
        >
          #{props.issue.number}
        </button>
      </div>
      <div role="gridcell" class="cell-title">
        <TitleField issue={props.issue} />
      </div>
      <div role="gridcell" class="cell-labels">
        <For each={props.issue.labels}>{(label) => <span class="badge">{label}</span>}</For>
      </div>
      <div role="gridcell" class="cell-status">
        <StatusField issue={props.issue} />
      </div>
      <div role="gridcell" class="cell-priority">
        <PriorityField issue={props.issue} />
      </div>
      <div role="gridcell" class="cell-person">
        <Person name={props.issue.assignee} />
      </div>
      <div role="gridcell" class="cell-day figure soft">
        {day.format(props.issue.updatedAt)}
      </div>
    </>
  )
}
