import { element } from '@livefold/playground-todo'

/** One of several views, of which one is shown. */
export interface TabView {
  readonly element: HTMLElement
  /** Called when it comes into sight; what it gives is called when it goes. */
  shown?(): () => void
}

/** Tabs by the pattern of the ARIA practices: one stop for the keyboard, arrows move between them. */
export function tabs(views: readonly { readonly name: string; readonly view: TabView }[]): HTMLElement {
  const list = element('div', { className: 'segments', role: 'tablist', ariaLabel: 'Look at' })
  const body = element('div', { className: 'tab-body' })
  const buttons = views.map(({ name }) => element('button', { type: 'button', role: 'tab', textContent: name }))
  let hidden = () => {}

  function choose(chosen: number): void {
    hidden()
    for (const [at, button] of buttons.entries()) {
      button.ariaSelected = String(at === chosen)
      button.tabIndex = at === chosen ? 0 : -1
      const panel = views[at]?.view.element
      if (panel) panel.hidden = at !== chosen
    }
    hidden = views[chosen]?.view.shown?.() ?? (() => {})
  }

  for (const [at, { name, view }] of views.entries()) {
    const button = buttons[at] as HTMLButtonElement
    const id = `inspector-${name.toLowerCase()}`
    Object.assign(view.element, { id, role: 'tabpanel', ariaLabel: name })
    button.setAttribute('aria-controls', id)
    button.addEventListener('click', () => choose(at))
    button.addEventListener('keydown', ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
      if (step === 0) return
      const next = (at + step + buttons.length) % buttons.length
      choose(next)
      buttons[next]?.focus()
    })
    list.append(button)
    body.append(view.element)
  }
  choose(0)
  return element('section', { className: 'panel tabs', ariaLabel: 'Inside' }, list, body)
}
