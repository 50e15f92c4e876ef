declare const SYNC_PORT: string

/** The sync server of this playground: on the machine that serves the page, at the port that the build was told. */
export function syncUrl(): string {
  return `http://${location.hostname}:${SYNC_PORT}/sync`
}
