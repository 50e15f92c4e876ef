/** Colours by contestant, light and dark; what is no contestant of its own is grey, as raw is. */
const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  livefold: ['#2a78d6', '#3987e5'],
  session: ['#1baf7a', '#199e70'],
  livestore: ['#eda100', '#c98500'],
  tanstack: ['#4a3aa7', '#9085e9'],
  tinybase: ['#e34948', '#e66767'],
  zero: ['#eb6834', '#d95926'],
}

/** CSS class of a contestant's marks. */
export function classOf(contestant: string): string {
  return contestant in COLOURS ? `c-${contestant}` : 'c-other'
}

/** Rules that set `--mark` for every class, in one scheme. */
export function paletteRules(scheme: 'light' | 'dark'): string {
  const at = scheme === 'light' ? 0 : 1
  return Object.entries(COLOURS)
    .map(([name, colours]) => `.c-${name}{--mark:${colours[at]}}`)
    .join('')
}
