import { showPage } from '@livefold/playground-panes'
import { mountPane } from './mount-pane.ts'

showPage({ vue: mountPane })
