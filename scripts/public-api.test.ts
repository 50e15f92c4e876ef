import { relative } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { entriesOf, packageFolders, root } from './workspace.ts'

// The names and types an app can lean on, one file per entry. After a wanted change: `vitest run --project unit scripts/public-api -u`
// and a change file in `.changeset/`.

const config = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile).config as object
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ['x.ts'] }, ts.sys, root)
const entries = packageFolders.flatMap(entriesOf)
const program = ts.createProgram(
  entries.map(([, source]) => source),
  options,
)
const checker = program.getTypeChecker()
const FLAGS =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope |
  ts.TypeFormatFlags.WriteArrowStyleSignature

test.each(entries)('the public names and types of %s are the recorded ones', async (specifier, source) => {
  const file = program.getSourceFile(source)
  expect(file, `${relative(root, source)} exists`).toBeDefined()
  const module = checker.getSymbolAtLocation(file!)
  expect(module, `${relative(root, source)} exports something`).toBeDefined()
  const lines = checker
    .getExportsOfModule(module!)
    .map(describeExport)
    .sort((a, b) => (a < b ? -1 : 1))
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(
    `api/${specifier.replace('@livefold/', '').replace('/', '-')}.txt`,
  )
})

function describeExport(exported: ts.Symbol): string {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const name = exported.name
  if (symbol.flags & ts.SymbolFlags.Class) return `class ${name} ${members(checker.getDeclaredTypeOfSymbol(symbol))}`
  const lines: string[] = []
  if (symbol.flags & ts.SymbolFlags.Interface)
    lines.push(`interface ${name} ${members(checker.getDeclaredTypeOfSymbol(symbol))}`)
  if (symbol.flags & ts.SymbolFlags.TypeAlias) {
    const type = checker.getDeclaredTypeOfSymbol(symbol)
    lines.push(`type ${name} = ${checker.typeToString(type, undefined, FLAGS | ts.TypeFormatFlags.InTypeAlias)}`)
  }
  if (symbol.flags & ts.SymbolFlags.Value) {
    lines.push(`value ${name}: ${checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, FLAGS)}`)
  }
  return lines.join('\n')
}

function members(type: ts.Type): string {
  const lines = checker
    .getPropertiesOfType(type)
    .filter(isPublic)
    .map((property) => {
      const optional = property.flags & ts.SymbolFlags.Optional ? '?' : ''
      return `  ${nameOf(property)}${optional}: ${checker.typeToString(checker.getTypeOfSymbol(property), undefined, FLAGS)}`
    })
  const calls = type
    .getCallSignatures()
    .map((signature) => `  ${checker.signatureToString(signature, undefined, FLAGS)}`)
  return `{\n${[...calls, ...lines].join('\n')}\n}`
}

/** TypeScript numbers symbols as it meets them: any change of the code would change all names behind them. */
function nameOf(property: ts.Symbol): string {
  return property.name.replace(/^__@(\w+)@\d+$/, '[$1]')
}

function isPublic(property: ts.Symbol): boolean {
  if (property.name.startsWith('#') || property.name.startsWith('__#')) return false
  return (property.declarations ?? []).every(
    (declaration) =>
      !(ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)),
  )
}
