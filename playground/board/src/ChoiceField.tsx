import { For, type JSX, onMount, Show } from 'solid-js'
import { type Field, useBoard } from './board-state.ts'
import { focusGrid } from './focus-grid.ts'
import { type Choice, choiceOf } from './vocabulary.ts'

interface ChoiceFieldProps<V> {
  id: string
  field: Field
  name: string
  choices: readonly Choice<V>[]
  value: V
  onChoose: (value: V) => void
}

/** A badge; pressed, it becomes a select. */
export function ChoiceField<V extends string | number>(props: ChoiceFieldProps<V>): JSX.Element {
  const { editing, edit } = useBoard()
  const choice = () => choiceOf(props.choices, props.value)
  const edited = () => editing()?.id === props.id && editing()?.field === props.field
  return (
    <Show
      when={edited()}
      fallback={
        <button
          type="button"
          class="badge dot choice-badge"
          tabindex="-1"
          data-tone={choice().tone}
          aria-label={`${props.name}: ${choice().name}`}
          onClick={() => edit({ id: props.id, field: props.field })}
        >
          {choice().name}
        </button>
      }
    >
      <ChoiceSelect {...props} />
    </Show>
  )
}

function ChoiceSelect<V extends string | number>(props: ChoiceFieldProps<V>): JSX.Element {
  const { edit } = useBoard()
  let select!: HTMLSelectElement
  onMount(() => {
    select.focus({ preventScroll: true })
    try {
      select.showPicker()
    } catch {
      // Not by the user's own hand, or not in this browser: it opens when pressed.
    }
  })
  function finish() {
    const grid = select.closest('[role="grid"]')
    edit(null)
    focusGrid(grid)
  }
  return (
    <select
      ref={select}
      class="select choice-select"
      aria-label={props.name}
      onChange={() => {
        const chosen = props.choices[select.selectedIndex]
        finish()
        if (chosen) props.onChoose(chosen.value)
      }}
      onKeyDown={({ key }) => (key === 'Escape' || key === 'Enter') && finish()}
      onBlur={() => edit(null)}
    >
      <For each={props.choices}>{({ value, name }) => <option selected={value === props.value}>{name}</option>}</For>
    </select>
  )
}
