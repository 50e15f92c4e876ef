import type { NewEvent } from '@livefold/core'
import { createUniqueId, For, type JSX, onMount, Show } from 'solid-js'
import { useBoard } from './board-state.ts'
import { oneIssue } from './issue-queries.ts'
import { events, type Issue, type NewIssue } from './schema.ts'
import { labels, type Priority, people, priorities, type Status, statuses } from './vocabulary.ts'

/** Everything about one issue, or a new one. */
export function IssueDialog(): JSX.Element {
  const { opened, store } = useBoard()
  // The form holds what was there when it was opened: what others change meanwhile does not change under the user's hands.
  const subject = () => {
    const id = opened()
    return id === undefined ? undefined : { issue: id === null ? undefined : store.query(oneIssue(id)) }
  }
  return (
    <Show when={subject()} keyed>
      {({ issue }) => <IssueForm issue={issue} />}
    </Show>
  )
}

function IssueForm(props: { issue: Issue | undefined }): JSX.Element {
  const { commit, open } = useBoard()
  const title = createUniqueId()
  const origin = document.activeElement
  let dialog!: HTMLDialogElement
  onMount(() => dialog.showModal())

  function close() {
    dialog.close()
    open(undefined)
    if (origin instanceof HTMLElement) origin.focus({ preventScroll: true })
  }

  function cancelled(event: Event) {
    event.preventDefault()
    close()
  }

  function save(event: SubmitEvent & { currentTarget: HTMLFormElement }) {
    event.preventDefault()
    const content = contentOf(new FormData(event.currentTarget))
    close()
    if (!props.issue) return commit('Create', events.issueCreated({ ...content, id: crypto.randomUUID() }))
    const changes = changesOf(props.issue, content)
    if (changes.length > 0) commit('Edit', ...changes)
  }

  function remove(issue: Issue) {
    close()
    commit('Delete', events.issueDeleted({ id: issue.id }))
  }

  return (
    <dialog ref={dialog} class="panel issue" aria-labelledby={title} onCancel={cancelled}>
      <div class="panel-head">
        <h2 id={title}>{props.issue ? `Issue #${props.issue.number}` : 'New issue'}</h2>
        <button type="button" class="button quiet icon" aria-label="Close" onClick={close}>
          ✕
        </button>
      </div>
      <form class="panel-body stack" onSubmit={save}>
        <label class="field">
          Title
          <input class="input" name="title" required pattern=".*\S.*" autofocus value={props.issue?.title ?? ''} />
        </label>
        <label class="field">
          Description
          <textarea class="input" name="description" rows="4" value={props.issue?.description ?? ''} />
        </label>
        <div class="issue-choices">
          <Choices name="status" label="Status" value={props.issue?.status ?? 'todo'} choices={statuses} />
          <Choices name="priority" label="Priority" value={props.issue?.priority ?? 1} choices={priorities} />
          <Choices
            name="assignee"
            label="Assignee"
            value={props.issue?.assignee ?? ''}
            choices={[{ value: '', name: 'Nobody' }, ...people.map((name) => ({ value: name, name }))]}
          />
        </div>
        <fieldset class="issue-labels">
          <legend class="soft small">Labels</legend>
          <For each={labels}>
            {(label) => (
              <label class="choice">
                <input
                  type="checkbox"
                  name="labels"
                  value={label}
                  checked={props.issue?.labels.includes(label) ?? false}
                />{' '}
                {label}
              </label>
            )}
          </For>
        </fieldset>
        <div class="row issue-buttons">
          <button type="submit" class="button primary">
            {props.issue ? 'Save' : 'Create issue'}
          </button>
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <Show when={props.issue}>
            {(issue) => (
              <button type="button" class="button danger delete" onClick={() => remove(issue())}>
                Delete
              </button>
            )}
          </Show>
        </div>
      </form>
    </dialog>
  )
}

function Choices(props: {
  name: string
  label: string
  value: string | number
  choices: readonly { readonly value: string | number; readonly name: string }[]
}): JSX.Element {
  return (
    <label class="field">
      {props.label}
      <select class="select" name={props.name}>
        <For each={props.choices}>
          {({ value, name }) => (
            <option value={value} selected={value === props.value}>
              {name}
            </option>
          )}
        </For>
      </select>
    </label>
  )
}

type Content = Omit<NewIssue, 'id'>

function contentOf(form: FormData): Content {
  const text = (name: string) => String(form.get(name) ?? '')
  return {
    title: text('title').trim(),
    description: text('description'),
    status: text('status') as Status,
    priority: Number(text('priority')) as Priority,
    assignee: text('assignee') || null,
    labels: form.getAll('labels').map(String),
  }
}

/** Only what was changed: what somebody else changed meanwhile stays. */
function changesOf(issue: Issue, { title, description, status, priority, assignee, labels }: Content): NewEvent[] {
  const { id } = issue
  return [
    ...(title === issue.title ? [] : [events.issueRetitled({ id, title })]),
    ...(description === issue.description ? [] : [events.issueDescribed({ id, description })]),
    ...(status === issue.status ? [] : [events.issueMoved({ id, status })]),
    ...(priority === issue.priority ? [] : [events.issuePrioritised({ id, priority })]),
    ...(assignee === issue.assignee ? [] : [events.issueAssigned({ id, assignee })]),
    ...(labels.join() === issue.labels.join() ? [] : [events.issueLabelled({ id, labels })]),
  ]
}
