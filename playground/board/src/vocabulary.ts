/** Of a badge; the plain one has none. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'muse' | undefined

export interface Choice<V> {
  readonly value: V
  readonly name: string
  readonly tone: Tone
}

export type Status = 'backlog' | 'todo' | 'doing' | 'review' | 'done'

/** In the order of work. */
export const statuses: readonly Choice<Status>[] = [
  { value: 'backlog', name: 'Backlog', tone: undefined },
  { value: 'todo', name: 'To do', tone: 'info' },
  { value: 'doing', name: 'Doing', tone: 'warn' },
  { value: 'review', name: 'Review', tone: 'muse' },
  { value: 'done', name: 'Done', tone: 'good' },
]

/** Stored as a number, so that sorting by it means something. */
export type Priority = 0 | 1 | 2 | 3

export const priorities: readonly Choice<Priority>[] = [
  { value: 3, name: 'Urgent', tone: 'bad' },
  { value: 2, name: 'High', tone: 'warn' },
  { value: 1, name: 'Normal', tone: undefined },
  { value: 0, name: 'Low', tone: undefined },
]

export const people = ['Ada', 'Barbara', 'Donald', 'Edsger', 'Grace', 'Ken', 'Margaret', 'Tony'] as const

export const labels = ['bug', 'feature', 'docs', 'speed', 'design', 'sync', 'mobile', 'security'] as const

export function choiceOf<V>(choices: readonly Choice<V>[], value: V): Choice<V> {
  return choices.find((choice) => choice.value === value) ?? (choices[0] as Choice<V>)
}
