/**
 * True in source and in what Node and dev servers load; the packages' production variant has `false` here
 * (`scripts/package-build`), so that bundlers drop what stands behind it. For checks that help while an app is written:
 * what data, users or other machines can cause is checked always.
 */
export const DEVELOPMENT: boolean = true
