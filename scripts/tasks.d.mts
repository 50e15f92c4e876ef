export const tasks: Readonly<Record<string, readonly string[]>>
