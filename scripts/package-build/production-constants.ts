import type { Rolldown } from 'tsdown'

const MODULE = /\/core\/src\/base\/development\.ts$/

/** `DEVELOPMENT` is false in the production variant. */
export function productionConstants(): Rolldown.Plugin {
  return {
    name: 'production-constants',
    transform: {
      filter: { id: MODULE },
      handler(code) {
        const [before, after, ...more] = code.split('DEVELOPMENT: boolean = true')
        if (after === undefined || more.length > 0) this.error('development.ts no longer holds what is replaced in it')
        return { code: `${before}DEVELOPMENT = false${after}`, map: null, moduleType: 'ts' }
      },
    },
  }
}
