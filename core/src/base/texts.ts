/** The texts of messages by number, `%s` for an argument: in the production variant, where the build puts them. Elsewhere they stand in the code. */
export const texts: Readonly<Record<number, string>> = {}
