import { For, type JSX } from 'solid-js'
import { useBoard } from './board-state.ts'
import { perStatus } from './issue-queries.ts'
import { useQuery } from './open-board.ts'
import { isFiltered, plainView } from './view.ts'
import { labels, type Priority, people, priorities, type Status, statuses } from './vocabulary.ts'

/** Statuses with their live counts, and the other filters. */
export function Filters(): JSX.Element {
  const { view, show } = useBoard()
  const counts = useQuery(() => perStatus(view))
  const countOf = (status: Status) => counts().find((group) => group.status === status)?.n ?? 0
  const among = (status: Status) => view.statuses.includes(status)
  const toggle = (status: Status) =>
    show('Filter', {
      statuses: among(status) ? view.statuses.filter((it) => it !== status) : [...view.statuses, status],
    })
  const { search, statuses: every, priority, assignee, label } = plainView
  const plain = { search, statuses: every, priority, assignee, label }

  return (
    <div class="filters" id="filters">
      <fieldset class="row statuses" aria-label="Status">
        <For each={statuses}>
          {({ value, name }) => (
            <button type="button" class="button chip" aria-pressed={among(value)} onClick={() => toggle(value)}>
              {name} <span class="count figure">{countOf(value).toLocaleString('en')}</span>
            </button>
          )}
        </For>
      </fieldset>
      <FilterSelect
        name="Priority"
        value={view.priority === null ? '' : String(view.priority)}
        choices={priorities.map(({ value, name }) => [String(value), name])}
        onChoose={(value) => show('Filter', { priority: value === '' ? null : (Number(value) as Priority) })}
      />
      <FilterSelect
        name="Assignee"
        value={view.assignee === null ? '' : view.assignee || 'nobody'}
        choices={[['nobody', 'Nobody'], ...people.map((name): [string, string] => [name, name])]}
        onChoose={(value) => show('Filter', { assignee: value === '' ? null : value === 'nobody' ? '' : value })}
      />
      <FilterSelect
        name="Label"
        value={view.label ?? ''}
        choices={labels.map((name) => [name, name])}
        onChoose={(value) => show('Filter', { label: value || null })}
      />
      <button
        type="button"
        class="button quiet clear"
        disabled={!isFiltered(view)}
        onClick={() => show('Clear filters', plain)}
      >
        Clear
      </button>
    </div>
  )
}

/** One of some values, or any. */
function FilterSelect(props: {
  name: string
  value: string
  choices: readonly (readonly [value: string, name: string])[]
  onChoose: (value: string) => void
}): JSX.Element {
  return (
    <select
      class="select filter"
      aria-label={props.name}
      data-set={props.value !== ''}
      onChange={({ currentTarget }) => props.onChoose(currentTarget.value)}
    >
      <option value="" selected={props.value === ''}>
        {props.name}
      </option>
      <For each={props.choices}>
        {([value, name]) => (
          <option value={value} selected={props.value === value}>
            {name}
          </option>
        )}
      </For>
    </select>
  )
}
