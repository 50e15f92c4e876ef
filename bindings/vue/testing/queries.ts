import type { Query } from '@livefold/core'

export type ListQuery = Query<readonly { readonly id: string; readonly title: string }[]>
export type AnyQuery = Query<unknown>
