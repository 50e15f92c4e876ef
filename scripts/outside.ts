import { join } from 'node:path'
import { root } from './workspace.ts'

/** The environment of somebody who has never heard of this workspace, on our Node 24. */
export function outside(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_PATH: __, NODE_ENV: ___, ...env } = process.env
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('npm_') && !name.startsWith('VITEST'))
  return { ...Object.fromEntries(kept), PATH: `${join(root, 'node_modules/node/bin')}:${process.env.PATH}` }
}
