import { deferred } from '../../base/deferred.ts'
import type { Store } from '../../store/store.ts'
import type { Expect, Scenario } from './binding.ts'
import { pageQuery } from './binding-server.ts'
import { live, put } from './binding-stage.ts'

/** Rendered on a server, taken over in the page. */
export function bindingServer(scenario: Scenario, expect: Expect): void {
  scenario('a server renders the rows, without a DOM, and nothing stays live there', async ({ fixture }) => {
    const [page] = await fixture.render([{ titles: ['a', 'b'] }])
    expect([...page!.html.matchAll(/data-id="(\w+)"/g)].map(([, id]) => id)).toEqual(['a', 'b'])
    expect(Object.keys(page!.state.results).length).toBe(1)
    expect(page!.live).toBe(0)
  })

  scenario('ISO-1 two requests at the same time each get their own data', async ({ fixture }) => {
    const pages = await fixture.render([{ titles: ['mine'] }, { titles: ['yours'] }])
    const [mine, yours] = pages.map(({ html, state }) => html + JSON.stringify(state))
    expect([mine!.includes('mine'), mine!.includes('yours')]).toEqual([true, false])
    expect([yours!.includes('mine'), yours!.includes('yours')]).toEqual([false, true])
  })

  scenario('hydration takes over the server’s elements without a complaint', async (stage) => {
    const [page] = await stage.fixture.render([{ titles: ['a', 'b'] }])
    const store = await stage.open('a', 'b')
    const shown = await stage.hydrate(page!.html, { view: 'list', store, hydrate: page!.state, query: pageQuery })
    expect([shown.rows, shown.warnings]).toEqual([['a', 'b'], []])
    expect(shown.items.map((item) => shown.served.includes(item))).toEqual([true, true])
    put(store, 'c')
    await shown.until(() => shown.rows.length === 3)
    expect(shown.items.slice(0, 2).map((item) => shown.served.includes(item))).toEqual([true, true])
  })

  scenario('while the store opens the server’s value is shown, then the store’s own', async (stage) => {
    const [page] = await stage.fixture.render([{ titles: ['served'] }])
    const store = await stage.open('own')
    const coming = deferred<Store>()
    const scene = { view: 'list', store: coming.promise, hydrate: page!.state, query: pageQuery } as const
    const shown = await stage.hydrate(page!.html, scene)
    expect([shown.rows, shown.kinds, shown.warnings]).toEqual([['served'], [], []])
    expect(shown.items.map((item) => shown.served.includes(item))).toEqual([true])
    coming.resolve(store)
    await shown.until(() => shown.rows[0] !== 'served')
    expect([shown.rows, shown.warnings]).toEqual([['own'], []])
    put(store, 'more')
    await shown.flush()
    expect(shown.rows).toEqual(['more', 'own'])
  })

  scenario('a store that already knows more: hydrated as served, then brought up to date', async (stage) => {
    const [page] = await stage.fixture.render([{ titles: ['a'] }])
    const store = await stage.open('a', 'b')
    const shown = await stage.hydrate(page!.html, { view: 'list', store, hydrate: page!.state, query: pageQuery })
    await shown.until(() => shown.rows.length === 2)
    expect([shown.rows, shown.warnings]).toEqual([['a', 'b'], []])
    expect(shown.served.includes(shown.items[0]!)).toBe(true)
    shown.unmount()
    await shown.until(() => live(store) === 0)
  })

  scenario('a hydrated view whose store cannot be opened shows the error', async (stage) => {
    const [page] = await stage.fixture.render([{ titles: ['a'] }])
    const coming = deferred<Store>()
    const scene = { view: 'list', store: coming.promise, hydrate: page!.state, query: pageQuery } as const
    const shown = await stage.hydrate(page!.html, scene)
    coming.reject(new Error('no worker'))
    await shown.until(() => shown.kinds.includes('error'))
    expect(shown.texts('p')[0]?.includes('no worker')).toBe(true)
  })
}
