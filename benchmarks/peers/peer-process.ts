import { answerAsks } from '../src/processes/answer-asks.ts'
import { rawMemory } from '../src/raw/raw-memory.ts'
import { pageRows } from '../src/rows/page-rows.ts'
import type { Client, Contestant } from '../src/suite/contestant.ts'
import type { Size, Trial } from '../src/suite/row.ts'
import { additions, type Change, createdAt, type Item, itemId, itemsFrom, listId } from '../src/work/item.ts'

// One peer in a process of its own: they patch globals, and leave work behind.

let contestant: Contestant | null = null
const trials: Trial[] = []

answerAsks({
  /** Loads a peer, and holds its answers against raw's. */
  async load(name: string): Promise<void> {
    const module: Record<string, Contestant> = await import(`./${name}.ts`)
    contestant = module[name] as Contestant
    await sameAnswers(contestant)
  },
  async start(name: string, size: Size): Promise<number | null> {
    const row = pageRows.find((each) => each.name === name)
    const setting = { quick: false, directory: () => '' }
    const trial = row && contestant ? await row.start(contestant, setting, size) : null
    return trial ? trials.push(trial) - 1 : null
  },
  sample: (trial: number) => (trials[trial] as Trial).sample(),
  async end(trial: number): Promise<void> {
    await (trials[trial] as Trial).end()
    delete trials[trial]
  },
})

async function sameAnswers(peer: Contestant): Promise<void> {
  const told: unknown[] = []
  const [theirs, ours] = await Promise.all([peer, rawMemory].map((each) => each.openClient?.(itemsFrom(0, 400))))
  for (const client of [theirs, ours] as Client[]) {
    const changes: Change[][] = [
      [{ kind: 'rename', id: itemId(7), title: 'seven' }],
      additions(400, 3),
      [{ kind: 'mark', id: itemId(9), done: false }],
    ]
    client.watch(itemId(7), (item) => told.push(item?.title))
    for (const change of changes) await client.commit(change)
    await client.settled()
  }
  for (const id of [itemId(7), itemId(9), itemId(402), 'none']) {
    same(`item ${id}`, await theirs?.read(id), await ours?.read(id))
    same(`item ${id} again`, await theirs?.reader(id)(), await ours?.read(id))
  }
  for (const before of [250, 402]) {
    const [a, b] = [await theirs?.page(listId(3), createdAt(before)), await ours?.page(listId(3), createdAt(before))]
    same(`page before ${before}`, a?.map(plain), b?.map(plain))
  }
  same('news', told, ['seven', 'seven'])
  await theirs?.close()
  await ours?.close()
}

function same(what: string, theirs: unknown, ours: unknown): void {
  const texts = [theirs, ours].map((each) => JSON.stringify(isItem(each) ? plain(each) : each))
  if (texts[0] !== texts[1]) throw new Error(`${contestant?.name} gives another ${what}: ${texts[0]}, not ${texts[1]}`)
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && 'listId' in value
}

/** The fields in one order, without what a peer adds. */
function plain({ id, listId, title, done, rank, createdAt }: Item): Item {
  return { id, listId, title, done, rank, createdAt }
}
