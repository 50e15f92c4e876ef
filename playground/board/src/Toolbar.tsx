import { createSignal, type JSX } from 'solid-js'
import { useBoard } from './board-state.ts'
import { Filters } from './Filters.tsx'
import { allIssues, perStatus } from './issue-queries.ts'
import { useQuery } from './open-board.ts'
import { isFiltered, type Sorting } from './view.ts'

const sortings: readonly (readonly [Sorting, string])[] = [
  ['updatedAt', 'Updated'],
  ['createdAt', 'Created'],
  ['priority', 'Priority'],
  ['title', 'Title'],
]

/** What is shown, and how. */
export function Toolbar(): JSX.Element {
  const { view, show, open } = useBoard()
  const [unfolded, setUnfolded] = createSignal(false)
  return (
    <search class="toolbar" aria-label="Issues" data-unfolded={unfolded()}>
      <input
        type="search"
        class="input search"
        placeholder="Search titles"
        aria-label="Search titles"
        value={view.search}
        onInput={({ currentTarget }) => show('Search', { search: currentTarget.value })}
      />
      <button type="button" class="button primary new-issue" onClick={() => open(null)}>
        New issue
      </button>
      <fieldset class="segments layout" aria-label="Layout">
        <button type="button" aria-pressed={view.layout === 'list'} onClick={() => show('List', { layout: 'list' })}>
          List
        </button>
        <button type="button" aria-pressed={view.layout === 'board'} onClick={() => show('Board', { layout: 'board' })}>
          Board
        </button>
      </fieldset>
      <div class="sorting">
        <select
          class="select"
          aria-label="Sort by"
          onChange={({ currentTarget }) => show('Sort', { sorting: currentTarget.value as Sorting })}
        >
          {sortings.map(([value, name]) => (
            <option value={value} selected={view.sorting === value}>
              {name}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button icon"
          aria-label={view.descending ? 'Descending' : 'Ascending'}
          title={view.descending ? 'Descending' : 'Ascending'}
          onClick={() => show('Sort', { descending: !view.descending })}
        >
          {view.descending ? '↓' : '↑'}
        </button>
      </div>
      <button
        type="button"
        class="button unfold"
        aria-expanded={unfolded()}
        aria-controls="filters"
        onClick={() => setUnfolded((now) => !now)}
      >
        Filters{isFiltered(view) ? ' ·' : ''}
      </button>
      <Found />
      <Filters />
    </search>
  )
}

/** How many issues the view has, of how many. */
function Found(): JSX.Element {
  const { view } = useBoard()
  const counts = useQuery(() => perStatus(view))
  const all = useQuery(allIssues)
  const found = () =>
    counts()
      .filter(({ status }) => view.statuses.length === 0 || view.statuses.some((it) => it === status))
      .reduce((sum, { n }) => sum + n, 0)
  return (
    <output class="found figure soft small">
      {found().toLocaleString('en')}
      <span class="of"> of {all().toLocaleString('en')}</span>
    </output>
  )
}
