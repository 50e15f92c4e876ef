import { showPage } from '@livefold/playground-panes'
import { mountPane } from './mount-pane.ts'

showPage({ svelte: mountPane })
