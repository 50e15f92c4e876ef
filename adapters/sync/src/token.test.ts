import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SyncTransport } from '@livefold/core/adapter'
import { startServer } from '@livefold/server'
import { describe, expect, test } from 'vitest'
import { httpSync } from './http-sync.ts'
import { webSocketSync } from './web-socket-sync.ts'

const TOKEN = 'secret-4f1d'
const HELLO = { type: 'hello', protocol: 1, storeId: 's', clientId: 'c', token: TOKEN, head: 0, headId: null }

const transports: [string, (url: string) => SyncTransport][] = [
  ['WebSocket', (url) => webSocketSync({ url })],
  ['HTTP', (url) => httpSync({ url })],
]

/** Sends a hello with the token; gives the first frame, or the code that the line ended with. */
function greet(transport: SyncTransport): Promise<string> {
  return new Promise((resolve) => {
    const line = transport.connect({
      open: () => line.send(JSON.stringify(HELLO)),
      frame(text) {
        line.close()
        resolve(text)
      },
      closed: (error) => resolve(error.code),
    })
  })
}

describe.each(transports)('%s', (_, make) => {
  test('the token reaches the server in the hello', async () => {
    const tokens: (string | null)[] = []
    const authenticate = (token: string | null) => {
      tokens.push(token)
      return { id: 'me' }
    }
    const running = await startServer({ port: 0, data: ':memory:', authenticate })
    expect(JSON.parse(await greet(make(running.url))).type).toBe('welcome')
    await running.close()
    expect(tokens).toEqual([TOKEN])
  })

  test('and never shows in a URL or header', async () => {
    const heads: string[] = []
    const server = createServer((request, response) => {
      heads.push(`${request.url} ${request.rawHeaders.join(' ')}`)
      response.writeHead(503).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await greet(make(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sync`))
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(heads.length).toBeGreaterThan(0)
    for (const head of heads) expect(head).not.toContain(TOKEN)
    for (const head of heads) expect(head).toMatch(/^\/sync /)
  })
})
