type Mode = '100644' | '100755' | '120000'

interface FixtureFile {
  /** As fast-import reads it: quoted, so that any byte can be in it. */
  readonly path: string
  mode: Mode
  content: string
}

/** The tree at the head of the fixture's main branch, and the fast-import commands that change it. */
export class FixtureTree {
  readonly #below: (limit: number) => number
  readonly #files: FixtureFile[] = []
  #removed: FixtureFile | null = null
  #version = 0
  #directory: 'none' | 'file' | 'directory' = 'none'
  #moved: string | null = null

  /** `below(limit)` picks a whole number from 0 to `limit - 1`. */
  constructor(below: (limit: number) => number) {
    this.#below = below
  }

  plant(count: number): string[] {
    const commands: string[] = []
    for (let i = 0; i < count; i++) commands.push(...this.add(`src/${i % 13}/${i % 101}/file-${i}.ts`))
    return commands
  }

  add(path: string | Buffer): string[] {
    const file: FixtureFile = { path: quotePath(path), mode: '100644', content: this.#text() }
    this.#files.push(file)
    return [put(file)]
  }

  edit(): string[] {
    const file = this.#pick()
    file.content = this.#text()
    return [put(file)]
  }

  remove(): string[] {
    const file = this.#take()
    this.#removed = file
    return [`D ${file.path}\n`]
  }

  /** Puts back the last removed file with its old content, or removes one when none waits. */
  restore(): string[] {
    const file = this.#removed
    if (!file) return this.remove()
    this.#removed = null
    this.#files.push(file)
    return [put(file)]
  }

  rename(): string[] {
    const file = this.#take()
    this.#version += 1
    const path = quotePath(`renamed/to ${this.#version}.ts`)
    this.#files.push({ ...file, path })
    return [`R ${file.path} ${path}\n`]
  }

  toggleMode(): string[] {
    const file = this.#pick()
    file.mode = file.mode === '100755' ? '100644' : '100755'
    return [put(file)]
  }

  /** Changes the type and keeps the content: `ls-tree` shows the same blob under another mode. */
  toggleSymlink(): string[] {
    const file = this.#pick()
    file.mode = file.mode === '120000' ? '100644' : '120000'
    return [put(file)]
  }

  /** With a `.gitmodules` that asks git to leave the submodule out of diffs: readers must not obey. */
  moveSubmodule(path: string, commit: string): string[] {
    const content = `[submodule "module"]\n\tpath = ${path}\n\turl = ./none\n\tignore = all\n`
    return [put({ path: quotePath('.gitmodules'), mode: '100644', content }), `M 160000 ${commit} ${quotePath(path)}\n`]
  }

  /** A file where a directory was, or a directory where the file was. */
  toggleDirectory(path: string): string[] {
    const was = this.#directory
    this.#directory = was === 'file' ? 'directory' : 'file'
    const commands = was === 'none' ? [] : [`D ${quotePath(path)}\n`]
    const inside = this.#directory === 'file' ? [path] : [`${path}/one`, `${path}/two/deep`]
    return [...commands, ...inside.map((at) => put({ path: quotePath(at), mode: '100644', content: this.#text() }))]
  }

  /** Renames a directory of three files; makes it first. */
  moveDirectory(name: string, n: number): string[] {
    const before = this.#moved
    this.#moved = `${name}/at ${n}`
    if (before) return [`R ${quotePath(before)} ${quotePath(this.#moved)}\n`]
    const inside = ['a', 'b', 'c/d'].map((at) => quotePath(`${this.#moved}/${at}`))
    return inside.map((path) => put({ path, mode: '100644', content: this.#text() }))
  }

  #text(): string {
    this.#version += 1
    return `version ${this.#version}`
  }

  #pick(): FixtureFile {
    return this.#files[this.#below(this.#files.length)] as FixtureFile
  }

  #take(): FixtureFile {
    const at = this.#below(this.#files.length)
    const file = this.#files[at] as FixtureFile
    const last = this.#files.pop() as FixtureFile
    if (file !== last) this.#files[at] = last
    return file
  }
}

function put({ mode, path, content }: FixtureFile): string {
  return `M ${mode} inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`
}

/** A path as a C string in quotes; every byte outside printable ASCII in octal. */
export function quotePath(path: string | Buffer): string {
  let quoted = '"'
  for (const byte of typeof path === 'string' ? Buffer.from(path) : path) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
    quoted += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`
  }
  return `${quoted}"`
}
