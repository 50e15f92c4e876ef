// The statements of hand-written contestants. A test holds them equal to what Livefold runs for the same work.

const COLUMNS =
  '"items"."id" as "id", "items"."listId" as "listId", "items"."title" as "title", "items"."done" as "done", ' +
  '"items"."rank" as "rank", "items"."createdAt" as "createdAt"'

export const CREATE_ITEMS = [
  'CREATE TABLE "items" ("id" TEXT NOT NULL, "listId" TEXT NOT NULL, "title" TEXT NOT NULL, "done" INTEGER NOT NULL, ' +
    '"rank" INTEGER NOT NULL, "createdAt" INTEGER NOT NULL, PRIMARY KEY ("id")) STRICT, WITHOUT ROWID',
  'CREATE INDEX "livefold_index_items_1" ON "items" ("listId", "createdAt")',
]

export const INSERT_ITEM =
  'insert into "items" ("id", "listId", "title", "done", "rank", "createdAt") values (?, ?, ?, ?, ?, ?)'

export const RENAME_ITEM = 'update "items" set "title" = ? where "items"."id" = ?'

export const MARK_ITEM = 'update "items" set "done" = ? where "items"."id" = ?'

export const SELECT_ITEM = `select ${COLUMNS} from "items" where "items"."id" = ? order by "items"."id" limit 1`

export const SELECT_PAGE =
  `select ${COLUMNS} from "items" where "items"."listId" = ? and "items"."createdAt" < ? ` +
  'order by "items"."createdAt" desc, "items"."id" desc limit ?'

export const SELECT_BY_TITLE = `select ${COLUMNS} from "items" where "items"."createdAt" > ? order by "items"."title", "items"."id"`

export const SELECT_ALL = `select ${COLUMNS} from "items" order by "items"."id"`

/** Rows of a page. */
export const PAGE = 100
