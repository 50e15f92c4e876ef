// What differs between the two variants of the published packages: here as it is in source, and in what Node and dev servers load.
// The build of the production variant (`scripts/package-build`) puts its own values.

/**
 * False in the production variant, so that bundlers drop what stands behind it. For checks that help while an app is written: what
 * data, users or other machines can cause is checked always.
 */
export const DEVELOPMENT: boolean = true

/** Where the production variant has its texts, with the version: numbers of texts mean nothing to another one. */
export const TEXTS_FILE: string = ''
