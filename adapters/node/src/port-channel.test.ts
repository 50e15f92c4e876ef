import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { PortChannel } from './port-channel.ts'

test('BND-1 who listens hears that the other side went before', async () => {
  const { port1, port2 } = new MessageChannel()
  const channel = new PortChannel<string, string>(port2)
  const gone = once(port2, 'close')
  port1.close()
  await gone
  await new Promise<void>((closed) => channel.listen(() => {}, closed))
  expect(port2.listenerCount('message')).toBe(1)
  channel.close()
})
