import { packageBuild } from '../../tsdown.base.ts'

export default { ...packageBuild(import.meta.dirname), tsconfig: `${import.meta.dirname}/../../tsconfig.web.json` }
