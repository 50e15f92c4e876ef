import { createSignal, type JSX } from 'solid-js'
import { useBoard } from './board-state.ts'
import { Filters } from './Filters.tsx'
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
      <Filters />
    </search>
  )
}
