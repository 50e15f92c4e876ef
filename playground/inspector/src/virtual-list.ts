import { element } from '@livefold/playground-todo'

/** Lines beyond the box on either side that are kept in the page, so that scrolling shows no gaps. */
const SPARE = 6

/** Any number of lines in a scrolling box, of which the page holds those in sight. All lines have one height. */
export class VirtualList<T> {
  readonly element: HTMLElement
  readonly #box: HTMLElement
  readonly #list: HTMLOListElement
  readonly #lineHeight: number
  readonly #line: (item: T) => HTMLElement
  #items: readonly T[] = []
  #lines = new Map<T, HTMLElement>()

  /** @param options.line makes the `li` of an item; `lineHeight` is in px */
  constructor(options: { label: string; lineHeight: number; line: (item: T) => HTMLElement }) {
    this.#lineHeight = options.lineHeight
    this.#line = options.line
    this.#list = element('ol', { className: 'virtual-lines' })
    this.#box = element(
      'div',
      { className: 'virtual-list', tabIndex: 0, role: 'region', ariaLabel: options.label },
      this.#list,
    )
    this.#box.addEventListener('scroll', () => this.#render(), { passive: true })
    this.element = this.#box
    new ResizeObserver(() => this.#render()).observe(this.#box)
  }

  /** @param added so many of the items are new, at the top: what is being read stays where it is */
  show(items: readonly T[], added = 0): void {
    this.#items = items
    if (this.#box.scrollTop > 0) this.#box.scrollTop += added * this.#lineHeight
    this.#render()
  }

  #render(): void {
    const { scrollTop, clientHeight } = this.#box
    const height = this.#lineHeight
    const from = Math.max(0, Math.floor(scrollTop / height) - SPARE)
    const to = Math.min(this.#items.length, Math.ceil((scrollTop + clientHeight) / height) + SPARE)
    const lines = new Map<T, HTMLElement>()
    for (const item of this.#items.slice(from, to)) lines.set(item, this.#lines.get(item) ?? this.#line(item))
    let at = from
    for (const line of lines.values()) {
      at += 1
      line.setAttribute('aria-posinset', String(at))
      line.setAttribute('aria-setsize', String(this.#items.length))
    }
    this.#lines = lines
    this.#list.replaceChildren(...lines.values())
    this.#list.style.paddingTop = `${from * height}px`
    this.#list.style.height = `${this.#items.length * height}px`
  }
}
