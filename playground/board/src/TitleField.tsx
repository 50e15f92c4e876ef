import { type JSX, onMount, Show } from 'solid-js'
import { useBoard } from './board-state.ts'
import { focusGrid } from './focus-grid.ts'
import { events, type Issue } from './schema.ts'

/** The title of a row; pressed, it becomes an input. Enter and leaving it save, Escape does not. */
export function TitleField(props: { issue: Issue }): JSX.Element {
  const { editing, edit } = useBoard()
  const edited = () => editing()?.id === props.issue.id && editing()?.field === 'title'
  return (
    <Show
      when={edited()}
      fallback={
        <button
          type="button"
          class="title clip"
          tabindex="-1"
          title={props.issue.title}
          onClick={() => edit({ id: props.issue.id, field: 'title' })}
        >
          {props.issue.title}
        </button>
      }
    >
      <TitleInput issue={props.issue} />
    </Show>
  )
}

function TitleInput(props: { issue: Issue }): JSX.Element {
  const { commit, edit } = useBoard()
  let input!: HTMLInputElement
  let over = false
  onMount(() => {
    input.focus({ preventScroll: true })
    input.select()
  })
  function finish(save: boolean) {
    // Taking it away blurs it.
    if (over) return
    over = true
    const title = input.value.trim()
    edit(null)
    if (save && title !== '' && title !== props.issue.title) {
      commit('Edit title', events.issueRetitled({ id: props.issue.id, title }))
    }
  }
  function pressed(key: KeyboardEvent) {
    if (key.key !== 'Escape' && (key.key !== 'Enter' || key.isComposing)) return
    const grid = input.closest('[role="grid"]')
    finish(key.key === 'Enter')
    focusGrid(grid)
  }
  return (
    <input
      ref={input}
      class="input title-input"
      aria-label="Title"
      value={props.issue.title}
      onKeyDown={pressed}
      onBlur={() => finish(true)}
    />
  )
}
