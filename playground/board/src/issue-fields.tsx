import type { JSX } from 'solid-js'
import { useBoard } from './board-state.ts'
import { ChoiceField } from './ChoiceField.tsx'
import { events, type Issue } from './schema.ts'
import { type Priority, priorities, type Status, statuses } from './vocabulary.ts'

export function StatusField(props: { issue: Issue }): JSX.Element {
  const { commit } = useBoard()
  return (
    <ChoiceField
      id={props.issue.id}
      field="status"
      name="Status"
      choices={statuses}
      value={props.issue.status as Status}
      onChoose={(status) => commit('Change status', events.issueMoved({ id: props.issue.id, status }))}
    />
  )
}

export function PriorityField(props: { issue: Issue }): JSX.Element {
  const { commit } = useBoard()
  return (
    <ChoiceField
      id={props.issue.id}
      field="priority"
      name="Priority"
      choices={priorities}
      value={props.issue.priority as Priority}
      onChoose={(priority) => commit('Change priority', events.issuePrioritised({ id: props.issue.id, priority }))}
    />
  )
}

/** Who works on it, as initials in a round sign. */
export function Person(props: { name: string | null }): JSX.Element {
  return (
    <span
      class="person"
      role="img"
      aria-label={props.name ?? 'Nobody'}
      title={props.name ?? 'Nobody'}
      data-none={!props.name}
    >
      {props.name?.slice(0, 2) ?? '–'}
    </span>
  )
}
