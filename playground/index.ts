import { showPage } from '@livefold/playground-panes'
import { mountPane as solid } from '@livefold/playground-solid'
import { mountPane as svelte } from '@livefold/playground-svelte'
import { mountPane as vue } from '@livefold/playground-vue'

showPage({ svelte, vue, solid })
