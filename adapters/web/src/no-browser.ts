import { StoreError } from '@livefold/core/adapter'

/** Why the web adapter cannot run here. */
export function noBrowser(): StoreError {
  return new StoreError(
    'storage/io',
    'document' in globalThis
      ? 'This page gets no Web Locks: serve it over https or from localhost.'
      : 'The web adapter runs in a browser page. On a server use memoryAdapter or nodeAdapter.',
  )
}
