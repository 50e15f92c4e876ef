import { join } from 'node:path'
import {
  type EventRecord,
  hostRandom,
  LeaderHost,
  type LeaderMessage,
  type SessionMessage,
} from '@livefold/core/adapter'
import * as leaderParts from '@livefold/core/leader-parts'
import { openNodeDriver } from '@livefold/node'
import { schema } from '../work/schema.ts'
import { HandClock } from './hand-clock.ts'
import { ScriptedBackend } from './scripted-backend.ts'

/** A leader on a file of `node:sqlite` (WAL, NORMAL) with one session that only listens. */
export class LoneLeader {
  readonly backend: ScriptedBackend | null
  readonly driver
  readonly #host: LeaderHost
  readonly #clock = new HandClock()
  #deliver: (message: SessionMessage) => void = () => {}
  #advances = 0
  #lastEpoch = 0

  private constructor(directory: string, synced: boolean) {
    this.driver = openNodeDriver(join(directory, 'livefold.sqlite'))
    this.driver.prepare('PRAGMA journal_mode = WAL').values()
    this.driver.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000')
    this.backend = synced ? new ScriptedBackend(this.#clock) : null
    this.#host = new LeaderHost({
      storeId: 'bench',
      schema,
      driver: this.driver,
      openMemory: () => openNodeDriver(':memory:'),
      clock: this.#clock,
      random: hostRandom(globalThis),
      storage: 'persisted',
      parts: leaderParts,
      ...(this.backend ? { sync: this.backend } : {}),
    })
  }

  static async open(directory: string, options: { readonly synced: boolean }): Promise<LoneLeader> {
    const lone = new LoneLeader(directory, options.synced)
    await lone.#host.opened
    lone.#connect()
    await lone.#quiet()
    return lone
  }

  /** One message of the session, one transaction; durable, and told back, when this returns. */
  commit(events: readonly EventRecord[]): void {
    const before = this.#advances
    this.#deliver({ type: 'commit', local: false, events })
    this.#clock.run()
    if (this.#advances === before) throw new Error('The leader did not take the commit.')
  }

  /** A frame of the backend arrives, and is worked in when this returns. */
  receive(text: string): void {
    const before = this.#advances
    this.backend?.frame(text)
    this.#clock.run()
    if (this.#advances === before) throw new Error('The leader did not take the page.')
  }

  async close(): Promise<void> {
    await this.#host.close()
  }

  #connect(): void {
    this.#host.connect({
      send: ({ epoch, message }) => this.#heard(epoch, message),
      listen: (listener) => {
        this.#deliver = (message) => listener({ epoch: this.#lastEpoch, message })
      },
      close() {},
    })
  }

  #heard(epoch: number, message: LeaderMessage): void {
    this.#lastEpoch = epoch
    if (message.type === 'announce') this.#clock.soon(() => this.#greet())
    if (message.type === 'token-needed') this.#clock.soon(() => this.#deliver({ type: 'token', token: null }))
    if (message.type === 'failed') throw new Error(`The leader failed: ${message.error.message}`)
    if (message.type !== 'advance') return
    this.#advances += 1
    this.#clock.soon(() => this.#deliver({ type: 'seen', n: message.n }))
  }

  #greet(): void {
    const { hash, version } = schema
    this.#deliver({
      type: 'hello',
      sessionId: 'session000000000',
      dbId: null,
      head: 0,
      localHead: 0,
      schemaHash: hash,
      version,
      made: 0,
      unconfirmed: [],
    })
  }

  /** The connection to the backend takes some turns of promises. */
  async #quiet(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      this.#clock.run()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
}
