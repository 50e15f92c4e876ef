/** Place of the first of `list` for which `order`, which rises along the list, is not negative. */
export function firstOf<T>(list: readonly T[], order: (item: T) => number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (order(list[middle] as T) < 0) low = middle + 1
    else high = middle
  }
  return low
}
