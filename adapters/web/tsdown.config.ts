import { packageBuild } from '../../tsdown.base.ts'

export default packageBuild(import.meta.dirname, {
  // The types name what a browser has.
  tsconfig: `${import.meta.dirname}/../../tsconfig.web.json`,
  // A file per module: a page's bundle leaves the worker's half out.
  unbundle: true,
})
