import { expect, it } from 'vitest'
import { deferred } from '../base/deferred.ts'
import { openingOf } from './opening.ts'
import type { Store } from './store.ts'
import { providedContext, storeContext } from './store-context.ts'

class Named {
  readonly #name: string
  readonly queries = {}

  constructor(name: string) {
    this.#name = name
  }

  name(): string {
    return this.#name
  }
}

const named = (name: string) => new Named(name) as unknown as Store

it('the handle is the store that was given last, private members and all', () => {
  let store = named('a')
  const context = storeContext(() => store)
  const handle = context.store as unknown as Named
  expect(handle.name()).toBe('a')
  store = named('b')
  expect(handle.name()).toBe('b')
  expect(context.opening()).toBe(openingOf(store))
  expect(context.opening().store).toBe(store)
})

it('the handle can be passed on while the store opens, and used when it is there', async () => {
  const coming = deferred<Store>()
  const { store: handle, opening } = storeContext(() => coming.promise)
  expect(await handle).toBe(handle)
  expect(() => handle.status).toThrow(expect.objectContaining({ code: 'store/opening' }))
  coming.resolve(named('late'))
  await opening().ready
  expect((handle as unknown as Named).name()).toBe('late')
})

it('what a server sent is for the first store alone', () => {
  let store = named('a')
  const context = storeContext(() => store, { hydrate: { version: 1, results: {} } })
  const first = context.opening()
  expect([context.opening() === first, first === openingOf(store)]).toEqual([true, false])
  store = named('b')
  expect(context.opening()).toBe(openingOf(store))
})

it('no provider is an error that says so', () => {
  expect(() => providedContext(undefined)).toThrow(expect.objectContaining({ code: 'store/missing' }))
})
