import type { Clock, Random } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import { utf8Length } from '../base/json-size.ts'
import { encodeDown, MESSAGE_LENGTH } from '../protocol/codec.ts'
import type { ConnectContext } from './authorize.ts'
import type { ServerConnection, ServerLine } from './connection.ts'
import { type CancelSignal, HttpLine } from './http-line.ts'
import type { AllLimits } from './limits.ts'

export interface HttpRequest {
  readonly body: string
  /** Aborted when the client went away. */
  readonly signal?: CancelSignal
  readonly context?: ConnectContext
}

/**
 * One POST = `{ connection?, messages, wait }` → `{ connection, messages }`.
 *
 * Only a POST with `wait > 0` carries messages down, and there is at most one at a time (a second one answers the first,
 * empty): so answers cannot overtake each other. `wait: 0` is for sending beside an open poll. Status 410: no such connection.
 */
export interface HttpHandler {
  handle(request: HttpRequest): Promise<{ status: number; body: string }>
  close(): void
}

interface HttpHandlerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly limits: AllLimits
  connect(line: ServerLine, context: ConnectContext, name: string): ServerConnection
}

interface Body {
  readonly connection: string | null
  readonly messages: readonly string[]
  readonly wait: number
}

export function httpHandler(options: HttpHandlerOptions): HttpHandler {
  const { clock, random, limits } = options
  const lines = new Map<string, HttpLine>()

  function begin(context: ConnectContext): HttpLine {
    const name = random.id()
    const line = new HttpLine({ name, clock, idleMs: limits.httpIdleMs, onGone: () => lines.delete(name) })
    lines.set(name, line)
    line.attach(options.connect(line, context, name))
    return line
  }

  return {
    async handle({ body: text, signal, context = {} }) {
      if (
        text.length > limits.bodyBytes ||
        (text.length * 3 > limits.bodyBytes && utf8Length(text) > limits.bodyBytes)
      ) {
        return refusal(413, 'sync/too-large', `Body refused: ${limits.bodyBytes} bytes are allowed. Send less at once.`)
      }
      let body: Body
      try {
        body = readBody(text, limits.pollMs)
      } catch (error) {
        return refusal(400, 'protocol/malformed', `Body refused: ${messageOf(error)}`)
      }
      const line = body.connection === null ? begin(context) : lines.get(body.connection)
      if (!line) return refusal(410, 'sync/offline', 'The server knows no such connection (any more). Connect again.')
      const messages = await line.exchange(body.messages, body.wait, signal ?? null)
      if (messages === null) return refusal(410, 'sync/offline', 'This connection has ended. Connect again.')
      return { status: 200, body: `{"connection":${JSON.stringify(line.name)},"messages":[${messages.join(',')}]}` }
    },
    close() {
      for (const line of [...lines.values()]) line.gone()
    },
  }
}

/** The outer shape only; each message goes through the codec like any frame. */
function readBody(text: string, longest: number): Body {
  const body: unknown = JSON.parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Error('it must be an object')
  const { connection = null, messages, wait } = body as Record<string, unknown>
  if (connection !== null && typeof connection !== 'string') throw new Error('"connection" must be a string')
  if (!Array.isArray(messages)) throw new Error('"messages" must be an array')
  if (typeof wait !== 'number' || !(wait >= 0)) throw new Error('"wait" must be a number of milliseconds')
  if (connection === null && messages.length === 0) throw new Error('a first request must carry a hello')
  return { connection, messages: messages.map((message) => JSON.stringify(message)), wait: Math.min(wait, longest) }
}

function refusal(status: number, code: 'sync/too-large' | 'protocol/malformed' | 'sync/offline', message: string) {
  const retry = code === 'sync/offline' ? 'backoff' : 'no'
  const text = encodeDown({ type: 'error', code, retry, message: message.slice(0, MESSAGE_LENGTH) })
  return { status, body: `{"messages":[${text}]}` }
}
