/** Gives the focus back to the list that a field stood in. */
export function focusGrid(grid: Element | null): void {
  if (grid instanceof HTMLElement) grid.focus({ preventScroll: true })
}
