import { webSocketSync } from '@livefold/node'
import { answerAsks } from '../processes/answer-asks.ts'
import { additions } from '../work/item.ts'
import { SyncListener } from './sync-listener.ts'
import { SyncWriter } from './sync-writer.ts'

let writers: SyncWriter[] = []
let listener: SyncListener | null = null
let pushed = 0

answerAsks({
  async open(url: string, count: number, stores: number): Promise<void> {
    const transport = webSocketSync({ url })
    writers = Array.from({ length: count }, (_, i) => {
      return new SyncWriter(transport, `store-${i % stores}`, `writer${String(i).padStart(10, '0')}`)
    })
    listener = new SyncListener(transport, 'store-0', 'listener00000000')
    await Promise.all([...writers, listener].map((each) => each.greeted))
  },
  /** Every writer pushes `events` events of one each; done when the last is acknowledged and seen elsewhere. */
  async round(events: number): Promise<void> {
    const ofListened = writers.filter(({ storeId }) => storeId === 'store-0').length
    const seen = listener?.next(ofListened * events)
    await Promise.all(
      writers.map((writer) => {
        if (writer.storeId === 'store-0') listener?.sent(writer.sessionId)
        return writer.push(additions(pushed, events))
      }),
    )
    pushed += events
    await seen
  },
  /** Ms from the call that pushes a commit to its arrival at a client that only listens, of all so far. */
  latencies: () => listener?.latencies ?? [],
  close() {
    for (const writer of writers) writer.close()
    listener?.close()
  },
})
