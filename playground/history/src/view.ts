import { barLine } from './progress.ts'
import { fit, type Paint } from './terminal-text.ts'

/** One client as the view shows it. */
export interface ClientView {
  readonly name: string
  readonly connection: string
  readonly leader: string
  readonly pending: number
  readonly upstreamHead: number
  readonly backendHead: number
  readonly commits: number
  readonly files: number
  /** Events confirmed here in the last second. */
  readonly rate: number
  readonly subject: string
}

export interface View {
  readonly url: string
  readonly repository: string
  /** Git commits to fold. */
  readonly total: number
  readonly clients: readonly ClientView[]
  /** Said last: what goes on, or how it ended. */
  readonly outcome: { readonly good: boolean | null; readonly text: string }
}

const columns = [
  ['client', 8],
  ['connection', 12],
  ['leader', 8],
  ['pending', 8],
  ['upstream', 9],
  ['backend', 9],
  ['commits', 8],
  ['files', 7],
  ['events/s', 9],
] as const

/** The whole view as lines of at most `width` cells. */
export function frame(view: View, width: number, paint: Paint): string[] {
  const head = `${columns.map(([name, cells]) => fit(name, cells)).join('')}latest`
  const done = Math.min(...view.clients.map((client) => client.commits), view.total)
  const note = view.total === 1 ? 'commit' : 'commits'
  return [
    `${paint('bold', fit(`Livefold  ${view.url}`, width))}`,
    paint('dim', fit(view.repository, width)),
    '',
    paint('dim', fit(head, width)),
    ...view.clients.map((client) => clientLine(client, width, paint)),
    '',
    fit(barLine('folded', { done, total: view.total, note: () => note }, width), width),
    outcomeLine(view, width, paint),
  ]
}

/** The view as one line, for output that is no terminal. */
export function plainLine(view: View): string {
  const clients = view.clients.map(
    (client) =>
      `${client.name}: ${client.connection}, ${client.commits}/${view.total} commits, ${client.files} files, ` +
      `${client.upstreamHead}/${client.backendHead} events, ${client.pending} pending, ${client.rate}/s`,
  )
  return clients.join(' | ')
}

function clientLine(client: ClientView, width: number, paint: Paint): string {
  const values = [
    client.name,
    client.connection,
    client.leader,
    client.pending,
    client.upstreamHead,
    client.backendHead,
    client.commits,
    client.files,
    client.rate,
  ]
  const cells = values.map((value, i) => fit(String(value), columns[i]?.[1] ?? 0)).join('')
  const line = fit(`${cells}${client.subject}`, width)
  return client.connection === 'online' ? line : paint('yellow', line)
}

function outcomeLine({ outcome }: View, width: number, paint: Paint): string {
  const line = fit(outcome.text, width)
  return outcome.good === null ? line : paint(outcome.good ? 'green' : 'red', line)
}
