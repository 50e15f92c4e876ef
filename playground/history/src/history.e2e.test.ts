import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createFixture, defaultFixture } from './fixture.ts'
import { digestIn, HistoryStage } from './history-stage.ts'

const { commits } = defaultFixture
let stage: HistoryStage

afterEach(() => stage?.close())

function gitRows(): number {
  const listed = execFileSync('git', ['-C', stage.repository, 'ls-tree', '-r', '-z', 'main'], { maxBuffer: 1 << 28 })
  return listed.toString('latin1').split('\0').length - 1
}

/** Syncs, compares with git, and reads the whole log: every event exactly once. */
async function verified(client: string): Promise<string> {
  const output = await stage.verify(client, '--log').succeeds()
  expect(output).toContain(`store: ${gitRows()} files at commit ${commits} of ${commits}\n`)
  expect(output).toContain(`git:   ${gitRows()} files at`)
  expect(output).toMatch(new RegExp(`log: {3}\\d+ events in ${commits} commits, each once`))
  expect(output).toMatch(/^equal$/m)
  return digestIn(output)
}

describe('a repository through a real server', () => {
  test('import, follow and verify are equal to git; a client that joins late over HTTP too', async () => {
    stage = await HistoryStage.open()
    const follower = stage.follow('follower', '--until', String(commits))
    const imported = await stage.import('importer').succeeds()
    expect(imported).toContain(`imported ${commits} commits`)
    const digest = digestIn(imported)
    expect(digestIn(await follower.succeeds())).toBe(digest)
    expect(await verified('importer')).toBe(digest)
    expect(await verified('follower')).toBe(digest)
    const late = await stage.follow('late', '--transport', 'http', '--until', 'head').succeeds()
    expect(digestIn(late)).toBe(digest)
    expect(await stage.import('importer').succeeds()).toContain(`imported 0 commits in 0 events; ${commits} were`)
  })

  test('two importers at once, odd and even: every event once, and equal digests on three clients', async () => {
    stage = await HistoryStage.open()
    const odd = stage.import('odd', '--only', 'odd')
    const even = stage.import('even', '--only', 'even')
    await Promise.all([odd.succeeds(), even.succeeds()])
    const late = await stage.follow('late', '--transport', 'http', '--until', String(commits)).succeeds()
    expect([await verified('odd'), await verified('even')]).toEqual([digestIn(late), digestIn(late)])
  })
})

describe('a part dies in the middle of an import', () => {
  test('SIGKILL of the server', async () => {
    stage = await HistoryStage.open()
    const running = stage.import('importer')
    await running.says(/^import [1-9]\d{2}\/2100/m)
    await stage.killServer()
    await running.says(/no connection to/)
    await stage.startServer()
    await running.succeeds()
    await verified('importer')
  })

  test('SIGKILL of the importing client', async () => {
    stage = await HistoryStage.open()
    const running = stage.import('importer')
    await running.says(/^import [1-9]\d{2}\/2100/m)
    expect((await running.kill()).output).not.toContain('imported')
    const again = await stage.import('importer').succeeds()
    expect(Number(again.match(/; (\d+) were there before/)?.[1])).toBeGreaterThanOrEqual(100)
    await verified('importer')
  })

  test('terminate() of its leader thread', async () => {
    stage = await HistoryStage.open()
    const args = ['import', stage.repository, ...stage.client('importer'), '--worker']
    const output = await stage.history(args, { LIVEFOLD_HISTORY_TERMINATE_LEADER_AFTER: '600' }).succeeds()
    expect(output).toContain('leader terminated')
    await verified('importer')
  })

  test('SIGTERM: an orderly stop, and the next import goes on', async () => {
    stage = await HistoryStage.open()
    const running = stage.import('importer')
    await running.says(/^import [1-9]\d{2}\/2100/m)
    expect((await running.kill('SIGTERM')).code).toBe(143)
    await stage.import('importer').succeeds()
    await verified('importer')
  })
})

describe('verify finds what is wrong', () => {
  test('nothing imported, part of a history, another history', async () => {
    stage = await HistoryStage.open({ commits: 80, rootFiles: 50 })
    const empty = await stage.verify('reader').ended
    expect([empty.code, empty.output]).toEqual([1, expect.stringContaining('store: 0 files at commit 0 of 80')])

    await stage.import('importer', '--limit', '40').succeeds()
    expect(await stage.verify('reader').succeeds()).toMatch(/at commit 40 of 80\n(?:.*\n)*equal\n/)

    await stage.history(['import', stage.repository, ...stage.client('gap', 'gap'), '--only', 'odd']).succeeds()
    const gap = await stage.history(['verify', stage.repository, ...stage.client('gap', 'gap')]).ended
    expect([gap.code, gap.output]).toEqual([1, expect.stringContaining('commit 2 (')])

    const other = join(stage.root, 'other.git')
    await createFixture(other, { commits: 80, rootFiles: 50, seed: 2 })
    const wrong = await stage.history(['verify', other, ...stage.client('reader')]).ended
    expect([wrong.code, wrong.output]).toEqual([1, expect.stringMatching(/in git and \S+ in the store/)])
    const refused = await stage.history(['import', other, ...stage.client('importer')]).ended
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('the store holds another history')])
  })

  test('wrong usage ends with 2', async () => {
    stage = await HistoryStage.open({ commits: 60, rootFiles: 10 })
    const { code, output } = await stage.history(['verify', stage.repository]).ended
    expect([code, output]).toEqual([2, expect.stringContaining('--server is missing')])
  })
})
