import type { Clock } from '../../base/clock.ts'
import { decodeUp, encodeDown } from '../../protocol/codec.ts'
import type { Commit } from '../../protocol/event-record.ts'
import { type DownMessage, defaultLimits, PROTOCOL_VERSION, type UpMessage } from '../../protocol/sync-messages.ts'
import type { LineEvents } from '../../sync/transport.ts'
import { seededRandom, VirtualClock } from '../../testing/virtual-clock.ts'
import { Upstream } from '../upstream.ts'

/** A leader's upstream on a line whose other end the test plays; clocks may move without a timer firing. */
export class Rig {
  readonly virtual = new VirtualClock()
  /** Of the leader. */
  pending: Commit[] = []
  /** Added to what the clock says. */
  wall = 0
  frozen = 0
  /** What the transport throws when it is to connect. */
  refusal: Error | null = null
  lines: LineEvents[] = []
  sent: UpMessage[] = []
  /** The app's answer. */
  auth: () => Promise<string | null> = async () => null
  readonly upstream: Upstream

  constructor() {
    const clock: Clock = {
      now: () => this.virtual.now() + this.wall,
      monotonic: () => this.virtual.monotonic() + this.frozen,
      after: (ms, run) => this.virtual.after(ms, run),
      soon: (run) => this.virtual.soon(run),
    }
    this.upstream = new Upstream({
      storeId: 'store',
      clientId: 'client',
      transport: {
        name: 'test',
        ordered: true,
        connect: (events) => {
          if (this.refusal) throw this.refusal
          this.lines.push(events)
          return { send: (text) => this.sent.push(decodeUp(text, defaultLimits)), close: () => {} }
        },
      },
      clock,
      random: seededRandom(1),
      at: { head: 0, headId: null, backendId: 'backend' },
      view: () => ({ pending: this.pending, isPending: () => true, idAt: () => null, read: () => [] }),
      submit: () => {},
      lost: () => {},
      pushing: () => {},
      token: () => this.auth(),
      changed: () => {},
    })
  }

  say(message: DownMessage): void {
    this.lines.at(-1)?.frame(encodeDown(message))
  }

  /** A line that is greeted and at the head. */
  async greet(): Promise<void> {
    this.upstream.connect()
    await this.virtual.run()
    this.lines.at(-1)?.open()
    this.say({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      backendId: 'backend',
      head: 0,
      headId: null,
      limits: defaultLimits,
    })
  }

  /** The same, pulled to the end and up to date. */
  async online(): Promise<void> {
    await this.greet()
    const { ref } = this.sent.findLast((message) => message.type === 'pull') ?? { ref: 0 }
    this.say({ type: 'page', ref, events: [], head: 0, more: false })
  }

  /** What the next ping says of the round trip before it. */
  async ping(): Promise<number> {
    this.sent = []
    await this.virtual.run(15_000)
    const ping = this.sent.find((message) => message.type === 'ping')
    if (!ping) throw new Error('No ping was sent.')
    return ping.rtt
  }
}
