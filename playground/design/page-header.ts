import { currentTheme, followTheme, nextTheme, showTheme } from './theme.ts'

const pages = [
  ['/svelte/', 'Svelte'],
  ['/vue/', 'Vue'],
  ['/solid/', 'Solid'],
  ['/vanilla/', 'Vanilla'],
  ['/board/', 'Board'],
] as const

/** Fills the page's `<header class="page-header">`: the way to the other pages, and the switch between light and dark. */
export function pageHeader(header: Element): void {
  const brand = document.createElement('a')
  brand.className = 'brand'
  brand.textContent = 'Livefold'
  header.replaceChildren(link(brand, '/'), navigation(), themeSwitch())
}

function navigation(): HTMLElement {
  const nav = document.createElement('nav')
  nav.ariaLabel = 'Pages'
  nav.append(
    ...pages.map(([path, name]) => {
      const to = document.createElement('a')
      to.textContent = name
      return link(to, path)
    }),
  )
  return nav
}

function link(to: HTMLAnchorElement, path: string): HTMLAnchorElement {
  to.href = path
  if (location.pathname === path) to.setAttribute('aria-current', 'page')
  return to
}

const signs = { system: '◐', light: '○', dark: '●' } as const

function themeSwitch(): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'button quiet icon theme-switch'
  const show = () => {
    const theme = currentTheme()
    button.textContent = signs[theme]
    button.ariaLabel = `Theme: ${theme}`
    button.title = `Theme: ${theme}; press for ${nextTheme(theme)}`
  }
  button.addEventListener('click', () => {
    showTheme(nextTheme(currentTheme()))
    show()
  })
  followTheme(show)
  show()
  return button
}
