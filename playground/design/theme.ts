const KEY = 'playground:theme'

/** `system` follows what the browser says the user prefers. */
export type Theme = 'system' | 'light' | 'dark'

const order: readonly Theme[] = ['system', 'light', 'dark']

/** Kept over reloads, the same for all pages of the playground. */
export function currentTheme(): Theme {
  const kept = localStorage.getItem(KEY)
  return order.find((theme) => theme === kept) ?? 'system'
}

export function showTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, theme)
  applyTheme()
}

/** The theme that a press of the switch leads to. */
export function nextTheme(theme: Theme): Theme {
  return order[(order.indexOf(theme) + 1) % order.length] ?? 'system'
}

/** Puts the kept theme on the page; `changed` hears when another tab chose one. */
export function followTheme(changed: () => void): void {
  applyTheme()
  window.addEventListener('storage', ({ key }) => {
    if (key !== KEY) return
    applyTheme()
    changed()
  })
}

function applyTheme(): void {
  const theme = currentTheme()
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
}
