import { once } from 'node:events'
import { WebSocket } from 'ws'
import { EVENT, HELLO } from './attack-frames.ts'

/** Child process: a crowd of clients, made and moved by words from the parent. */
const [url, scale] = process.argv.slice(2) as [string, string]
const FLOOD_PUSHES = 48 * Number(scale)
const BUSY_PUSHES = 20

class Client {
  readonly socket: WebSocket
  heard = 0
  #answered: (() => void) | null = null

  constructor(storeId: string) {
    this.socket = new WebSocket(url.replace('http', 'ws'))
    this.socket.on('open', () => this.send({ ...HELLO, storeId }))
    this.socket.on('message', (data: Buffer) => {
      const head = data.toString('latin1', 0, 16)
      if (head.startsWith('{"type":"page"')) return
      this.heard++
      this.#answered?.()
    })
  }

  static async open(storeId: string): Promise<Client> {
    const client = new Client(storeId)
    await client.next()
    client.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 1_000, live: true })
    return client
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message))
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = resolve
    })
  }
}

/** Pushes one after the other, events of one session. */
class Writer {
  readonly client: Client
  readonly #session: string
  #seq = 0

  constructor(client: Client, session: string) {
    this.client = client
    this.#session = session
  }

  async push(args: unknown): Promise<void> {
    const { client } = this
    const [after, id] = [this.#seq, `${this.#session}.${this.#seq + 1}`]
    const events = [{ ...EVENT, id, sessionId: this.#session, args }]
    const answered = client.next()
    client.send({
      type: 'push',
      ref: after + 2,
      after,
      afterId: after === 0 ? null : `${this.#session}.${after}`,
      events,
    })
    await answered
    this.#seq++
  }
}

const idle: Client[] = []
const slow: Client[] = []
const flooder = new Writer(await Client.open('flooded'), 'flood')

process.on('message', (word: string) => void obey(word).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit())

async function obey(word: string): Promise<unknown> {
  const [what, count = '0'] = word.split(' ')
  switch (what) {
    case 'idle':
      await several(Number(count), async (i) => idle.push(await Client.open(`idle-${i}`)))
      return idle.length
    case 'slow':
      await several(Number(count), async () => {
        const client = await Client.open('flooded')
        slow.push(client)
        client.socket.pause()
      })
      return slow.length
    case 'warm':
      await flooder.push('warm')
      return 'warm'
    case 'flood':
      for (let i = 0; i < FLOOD_PUSHES; i++) await flooder.push('x'.repeat(500_000))
      return 'flooded'
    case 'busy': {
      let acknowledged = 0
      await several(Number(count), async (i) => {
        const writer = new Writer(await Client.open(`busy-${i}`), `busy${i}`)
        for (let n = 0; n < BUSY_PUSHES; n++) await writer.push({ n })
        acknowledged += BUSY_PUSHES
      })
      return acknowledged
    }
    default: {
      let alive = 0
      await several(idle.length, async (i) => {
        const client = idle[i] as Client
        const answered = client.next()
        client.send({ type: 'ping', rtt: 1 })
        await answered
        alive++
      })
      return alive
    }
  }
}

/** Fifty at a time. */
async function several(count: number, act: (i: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += 50) {
    await Promise.all(Array.from({ length: Math.min(50, count - from) }, (_, i) => act(from + i)))
  }
}

await once(process, 'disconnect')
