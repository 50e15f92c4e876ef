import { once } from 'node:events'
import { join, resolve } from 'node:path'
import type { StoreError } from '@livefold/core'
import { startServer } from '@livefold/server'
import { DemoClient } from './demo-client.ts'
import { type DemoRepository, demoRepository } from './demo-repository.ts'
import { digestOf } from './digest.ts'
import { readTree } from './git-tree.ts'
import { Presenter } from './presenter.ts'
import { tree } from './schema.ts'
import { painter } from './terminal-text.ts'
import { compareTrees } from './tree-comparison.ts'
import type { View } from './view.ts'

const FRAME_MS = 100
const IDLE_FRAME_MS = 1_000

/** `history live`: a sync server, and two clients that fold a history through it, until stopped. */
export async function runLive(signal: AbortSignal): Promise<number> {
  const port = Number(process.env.SYNC_PORT || 4322)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`SYNC_PORT "${process.env.SYNC_PORT}" is no port (0 to 65535)`)
  }
  const data = resolve(process.env.SYNC_DATA || '.livefold/server')
  const running = await startServer({ port, data }).catch((error: StoreError) => {
    const taken = error.details.code === 'EADDRINUSE'
    throw taken ? new Error(`port ${port} is in use; set SYNC_PORT to another one`) : error
  })
  console.log(`sync server at ${running.url} (data: ${data})`)
  const clients: DemoClient[] = []
  try {
    await demonstrate(running.url, data, clients, signal)
  } catch (error) {
    if (!signal.aborted) {
      console.error(`no history to show: ${error instanceof Error ? error.message : String(error)}`)
      console.error('the sync server goes on; Ctrl-C ends')
      await stopped(signal)
    }
  } finally {
    await Promise.allSettled(clients.map((client) => client.store.close()))
    await running.close()
  }
  return 0
}

/** Folds the history on two clients, shows it, and stays until stopped. */
async function demonstrate(url: string, data: string, clients: DemoClient[], signal: AbortSignal): Promise<void> {
  const demo = join(data, 'demo')
  const repository = await demoRepository(process.env.HISTORY_REPOSITORY, join(demo, 'repository.git'))
  // Another tip is another store: a history that was rewritten must not meet what is left of the old one.
  const storeId = `history-${repository.tip.slice(0, 16)}`
  for (const name of ['left', 'right']) {
    signal.throwIfAborted()
    clients.push(await DemoClient.open({ name, storeId, data: join(demo, name), url }))
  }
  const presenter = new Presenter(process.stdout, painter(process.stdout.isTTY, process.env))
  let outcome: View['outcome'] = { good: null, text: 'left imports the odd commits, right the even ones' }
  const show = () => {
    const now = performance.now()
    const views = clients.map((client) => client.view(now))
    presenter.show({ url, repository: repository.title, total: repository.commits, clients: views, outcome }, now)
  }
  let drawing = setInterval(show, FRAME_MS)
  try {
    outcome = await fold(clients, repository, signal)
    show()
    clearInterval(drawing)
    drawing = setInterval(show, IDLE_FRAME_MS)
    await stopped(signal)
  } finally {
    clearInterval(drawing)
    presenter.close()
  }
}

async function fold(
  clients: readonly DemoClient[],
  repository: DemoRepository,
  signal: AbortSignal,
): Promise<View['outcome']> {
  const halves = clients.map((client, i) => client.fold(repository, i === 0 ? 'odd' : 'even', signal))
  try {
    await Promise.all(halves)
  } catch (error) {
    signal.throwIfAborted()
    return { good: false, text: `stopped: ${error instanceof Error ? error.message : String(error)}` }
  }
  const digests = new Set(clients.map((client) => digestOf(client.store)))
  if (digests.size > 1) return { good: false, text: 'the clients differ' }
  const folded = clients[0] ? clients[0].store.query(tree) : []
  const found = await compareTrees(folded, readTree(repository.directory, repository.tip))
  if (found.differences > 0)
    return { good: false, text: `${found.differences} differences from git: ${found.first[0]}` }
  const digest = [...digests][0]?.slice(0, 16)
  return {
    good: true,
    text: `both clients hold the same (${digest}), equal to git's ${found.gitRows} files; Ctrl-C ends`,
  }
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
