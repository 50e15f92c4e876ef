import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, onCleanup, onMount } from 'solid-js'

/** Rows rendered beyond each edge of what is in sight. */
const OVERSCAN = 6

/**
 * A list of any length, of which only the rows in sight are in the page. It has the focus itself and says which row is meant (`aria-activedescendant`),
 * so that a row may leave the page without taking the focus along.
 */
export function VirtualGrid(props: {
  label: string
  ids: readonly string[]
  /** px */
  rowHeight: number
  /** When this changes, the list is another one and begins at its top. */
  of: unknown
  /** The cells of a row. */
  row: (id: string) => JSX.Element
  /** Keys that do not move through the list. Returns true for those it knows. */
  onKey: (key: KeyboardEvent, id: string) => boolean
  class?: string
}): JSX.Element {
  const name = createUniqueId()
  const [top, setTop] = createSignal(0)
  const [height, setHeight] = createSignal(0)
  const [active, setActive] = createSignal({ id: '', at: 0 })
  let grid!: HTMLDivElement

  const first = createMemo(() => Math.max(0, Math.floor(top() / props.rowHeight) - OVERSCAN))
  const end = createMemo(() => Math.min(props.ids.length, Math.ceil((top() + height()) / props.rowHeight) + OVERSCAN))
  const shown = createMemo(() => props.ids.slice(first(), end()))
  /** Follows the row through changes of the list; when it is gone, whatever has come to its place. */
  const activeAt = createMemo(() => {
    const { id, at } = active()
    if (props.ids[at] === id) return at
    const found = props.ids.indexOf(id)
    return found < 0 ? Math.min(at, props.ids.length - 1) : found
  })
  const activeId = () => props.ids[activeAt()]
  const inPage = () => activeAt() >= first() && activeAt() < end()

  onMount(() => {
    const watch = new ResizeObserver(() => setHeight(grid.clientHeight))
    watch.observe(grid)
    onCleanup(() => watch.disconnect())
  })
  createEffect(
    on(
      () => props.of,
      () => scrollTo(0),
      { defer: true },
    ),
  )

  function scrollTo(to: number) {
    grid.scrollTop = to
    // The rows are there before the next frame, not after its scroll event.
    setTop(grid.scrollTop)
  }

  function move(to: number) {
    const at = Math.max(0, Math.min(to, props.ids.length - 1))
    setActive({ id: props.ids[at] ?? '', at })
    const from = at * props.rowHeight
    if (from < top()) scrollTo(from)
    else if (from + props.rowHeight > top() + grid.clientHeight) scrollTo(from + props.rowHeight - grid.clientHeight)
  }

  function pressed(key: KeyboardEvent) {
    if (key.target !== grid || key.ctrlKey || key.metaKey || key.altKey) return
    const page = Math.max(1, Math.floor(grid.clientHeight / props.rowHeight) - 1)
    const steps: Record<string, number> = {
      ArrowUp: activeAt() - 1,
      ArrowDown: activeAt() + 1,
      PageUp: activeAt() - page,
      PageDown: activeAt() + page,
      Home: 0,
      End: props.ids.length - 1,
    }
    const to = steps[key.key]
    const id = activeId()
    if (to !== undefined) move(to)
    else if (id === undefined || !props.onKey(key, id)) return
    key.preventDefault()
  }

  return (
    <div
      ref={grid}
      class={`grid ${props.class ?? ''}`}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={props.ids.length}
      aria-activedescendant={inPage() ? `${name}-${activeId()}` : undefined}
      onScroll={() => setTop(grid.scrollTop)}
      onKeyDown={pressed}
      onFocusIn={(event) => event.target === grid && !inPage() && move(activeAt())}
    >
      <div class="rows" role="rowgroup" style={{ height: `${props.ids.length * props.rowHeight}px` }}>
        <For each={shown()}>
          {(id, place) => (
            <div
              id={`${name}-${id}`}
              class="grid-row"
              role="row"
              aria-rowindex={first() + place() + 1}
              aria-selected={activeId() === id}
              data-id={id}
              style={{
                height: `${props.rowHeight}px`,
                transform: `translateY(${(first() + place()) * props.rowHeight}px)`,
              }}
              onPointerDown={() => setActive({ id, at: first() + place() })}
            >
              {props.row(id)}
            </div>
          )}
        </For>
      </div>
    </div>
  )
}
