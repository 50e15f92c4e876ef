import { expect, test } from 'vitest'
import { watchNetwork } from './network-watch.ts'

class Page extends EventTarget {
  readonly window = this
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'visible' })

  say(name: string): void {
    this.dispatchEvent(new Event(name))
  }

  turn(visibilityState: 'visible' | 'hidden'): void {
    this.document.visibilityState = visibilityState
    this.document.dispatchEvent(new Event('visibilitychange'))
  }
}

test('SYNC-2 a page hears that its network comes and goes, and that somebody returns to it, until it hears no more', () => {
  const page = new Page()
  let heard = 0
  const unwatch = watchNetwork(page, () => heard++)
  page.say('offline')
  page.say('online')
  expect(heard).toBe(2)
  page.turn('hidden')
  expect(heard).toBe(2)
  page.turn('visible')
  expect(heard).toBe(3)
  unwatch()
  page.say('online')
  page.turn('visible')
  expect(heard).toBe(3)
})

test.each([
  ['no page', {}],
  ['no page any more', { window: null }],
  ['half a page', { document: {}, window: {} }],
  ['a window without a document', { window: new EventTarget() }],
  ['a document that says nothing', { window: { document: {} } }],
])('a host that is %s has nothing to say, and does not mind', (_, host) => {
  const unwatch = watchNetwork(host, () => {
    throw new Error('nobody said anything')
  })
  expect(unwatch).not.toThrow()
})
