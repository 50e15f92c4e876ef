import type { EventRecord } from './event-record.ts'

const kept = new WeakMap<readonly EventRecord[], readonly string[]>()

/** JSON text of each event's args, made once for a list: what is stored of a push is also sent to its readers. */
export function argsTexts(events: readonly EventRecord[]): readonly string[] {
  let texts = kept.get(events)
  if (!texts) {
    texts = events.map(({ args }) => JSON.stringify(args))
    kept.set(events, texts)
  }
  return texts
}

/** `JSON.stringify(confirmEvent(event, seq))`, where the text of its args is known. */
export function confirmedText(event: EventRecord, seq: number, args: string): string {
  const { id, name, clientId, sessionId, parent, at, joined } = event
  // Nothing in ids is escaped.
  return `{"seq":${seq},"id":"${id}","name":${JSON.stringify(name)},"args":${args},"clientId":"${clientId}","sessionId":"${sessionId}","parent":${parent},"at":${at}${joined ? ',"joined":true' : ''}}`
}
