import type { ConfirmedEvent, EventRecord } from '../protocol/event-record.ts'
import { Guest } from './guest.ts'
import type { LeaderNews } from './leader-work.ts'

/** Advances a session may leave unanswered by `seen` before it is cut off and has to come back for the rest. */
const MAX_LAG = 512
/** Events in them, when there is more than one: an advance is a burst of any length, and a tab that is frozen takes none. */
const MAX_LAG_EVENTS = 50_000

/** One tab's end at the leader: what it was told, and how far it has followed. */
export class LeaderSession extends Guest {
  /** Raised by each hello: pages of an earlier answer stop. */
  greeting = 0
  #sent = 0
  #seen = 0
  /** Events of each advance after `#seen`, and of all of them. */
  #unseen: number[] = []
  #lag = 0

  /** From now on it hears every advance, counted from 1. */
  goLive(): void {
    this.live = true
    this.#sent = 0
    this.#seen = 0
    this.#unseen = []
    this.#lag = 0
  }

  /** True when a session that was cut off has worked through what it had: it is to greet again. */
  saw(n: number): boolean {
    for (; this.#seen < n && this.#seen < this.#sent; this.#seen++) this.#lag -= this.#unseen.shift() as number
    return !this.live && this.#seen === this.#sent && this.#sent > 0
  }

  tell(news: LeaderNews, localHead: number): void {
    if (!this.live) return
    // Told by its id alone is what the session itself has sent: another one may hold another event under that id.
    const mine = (event: EventRecord) => news.senders.get(event.id) === this
    const refused = news.refused.filter(({ from }) => from === this).map(({ commit }) => commit)
    this.#sent += 1
    this.send({
      type: 'advance',
      n: this.#sent,
      after: news.after,
      confirmed: news.confirmed.map((event: ConfirmedEvent) =>
        news.wasPending.has(event.id) || mine(event) ? event.id : event,
      ),
      pendingAdded: news.pendingAdded.map((event) => (mine(event) ? event.id : event)),
      rejected: news.rejected,
      ...(refused.length > 0 && { refused }),
      local: news.local.map((event) => (mine(event) ? event.id : event)),
      localHead,
      quarantined: news.quarantined,
    })
    const events = news.confirmed.length + news.pendingAdded.length + news.local.length
    this.#lag += events
    const unseen = this.#unseen.push(events)
    if (unseen > MAX_LAG || (unseen > 1 && this.#lag > MAX_LAG_EVENTS)) this.live = false
  }
}
