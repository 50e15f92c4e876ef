import { showPage } from '@livefold/playground-panes'
import { mountPane } from './mount-pane.tsx'

showPage({ solid: mountPane })
