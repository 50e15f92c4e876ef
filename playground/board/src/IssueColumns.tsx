import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { useBoard } from './board-state.ts'
import { Person, PriorityField } from './issue-fields.tsx'
import { issueKeys } from './issue-keys.ts'
import { issueIds, oneIssue, perStatus } from './issue-queries.ts'
import { useQuery } from './open-board.ts'
import { events, type Issue } from './schema.ts'
import { TitleField } from './TitleField.tsx'
import { VirtualGrid } from './VirtualGrid.tsx'
import { parametersOf } from './view.ts'
import { type Choice, type Status, statuses } from './vocabulary.ts'

/** px, with the gap below it. */
const CARD = 108

/** A column a status; a card is dragged from one to another, or moved with shift and an arrow. */
export function IssueColumns(): JSX.Element {
  const { view } = useBoard()
  const shown = () => statuses.filter(({ value }) => view.statuses.length === 0 || view.statuses.includes(value))
  return (
    <div class="columns">
      <For each={shown()}>{(status) => <Column status={status} />}</For>
    </div>
  )
}

function Column(props: { status: Choice<Status> }): JSX.Element {
  const board = useBoard()
  const [over, setOver] = createSignal(false)
  const rows = useQuery(() => issueIds(board.view, [props.status.value]))
  const counts = useQuery(() => perStatus(board.view))
  const ids = createMemo(() => rows().map(({ id }) => id))
  const count = () => counts().find(({ status }) => status === props.status.value)?.n ?? 0

  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    const id = event.dataTransfer?.getData('text/plain')
    if (id) board.commit('Move', events.issueMoved({ id, status: props.status.value }))
  }

  return (
    <section
      class="column"
      aria-label={props.status.name}
      data-status={props.status.value}
      data-over={over()}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 class="column-head">
        <span class="badge dot" data-tone={props.status.tone}>
          {props.status.name}
        </span>
        <span class="count figure soft small">{count().toLocaleString('en')}</span>
      </h2>
      <VirtualGrid
        label={`Issues: ${props.status.name}`}
        ids={ids()}
        rowHeight={CARD}
        of={parametersOf(board.view).toString()}
        onKey={issueKeys(board)}
        row={(id) => <Card id={id} />}
      />
    </section>
  )
}

function Card(props: { id: string }): JSX.Element {
  const issue = useQuery(() => oneIssue(props.id))
  return <Show when={issue()}>{(shown) => <CardCell issue={shown()} />}</Show>
}

function CardCell(props: { issue: Issue }): JSX.Element {
  const { open } = useBoard()
  return (
    <div
      role="gridcell"
      class="card panel"
      draggable="true"
      onDragStart={(event) => event.dataTransfer?.setData('text/plain', props.issue.id)}
    >
      <div class="card-title">
        <TitleField issue={props.issue} />
      </div>
      <div class="card-foot">
        <button
          type="button"
          class="number figure"
          tabindex="-1"
          aria-label={`Open number ${props.issue.number}`}
          onClick={() => open(props.issue.id)}
        >
          #{props.issue.number}
        </button>
        <PriorityField issue={props.issue} />
        <span class="clip soft small card-labels">{props.issue.labels.join(', ')}</span>
        <Person name={props.issue.assignee} />
      </div>
    </div>
  )
}
