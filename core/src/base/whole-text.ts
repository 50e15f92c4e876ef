import { TEXTS_FILE } from './development.ts'
import { texts } from './texts.ts'

/** A message with all stand-ins replaced that belong to these texts: not those of another version, or what only looks like one. */
export function wholeText(message: string): string {
  return message.replace(/⟦[^⟧]*?text (\d+) of (\S+): ([^⟧]*)⟧/g, (standIn, number, file, args) => {
    const text = file === TEXTS_FILE ? texts[number] : undefined
    const values = valuesIn(args)
    return text === undefined || values === null ? standIn : filled(text, values)
  })
}

function filled(text: string, values: readonly unknown[]): string {
  let at = 0
  return text.replace(/%s/g, (place) => (at < values.length ? wholeText(String(values[at++])) : place))
}

function valuesIn(json: string): readonly unknown[] | null {
  try {
    const values: unknown = JSON.parse(json)
    return Array.isArray(values) ? values : null
  } catch {
    return null
  }
}
