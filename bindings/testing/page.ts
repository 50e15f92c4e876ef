import type { ServerPage, ServerRequest } from '@livefold/core/testing'
import { commands } from 'vitest/browser'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Renders pages in the Vitest process, which has no DOM; see `render-pages.ts`. */
    renderPages(folder: string, requests: readonly ServerRequest[]): Promise<ServerPage[]>
  }
}

export function serverPages(binding: string, requests: readonly ServerRequest[]): Promise<ServerPage[]> {
  return commands.renderPages(`bindings/${binding}`, requests)
}

/** A fresh place in the page. */
export function stageElement(html = ''): HTMLElement {
  const element = document.createElement('div')
  element.innerHTML = html
  document.body.append(element)
  return element
}

/** Collects what frameworks complain of: they do it on the console. */
export function watchConsole(): { warnings: string[]; stop: () => void } {
  const warnings: string[] = []
  const { warn, error } = console
  const collect = (...parts: unknown[]) => void warnings.push(parts.map(String).join(' '))
  console.warn = collect
  console.error = collect
  return {
    warnings,
    stop() {
      console.warn = warn
      console.error = error
    },
  }
}
