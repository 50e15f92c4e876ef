// An extension for tests: it alone may discard a tab as the browser does when memory is short.
globalThis.discard = async (url) => {
  const [tab] = (await chrome.tabs.query({})).filter((each) => each.url === url && !each.active)
  return (await chrome.tabs.discard(tab.id)).discarded
}
globalThis.activate = async (url) => {
  const [tab] = (await chrome.tabs.query({})).filter((each) => each.url === url && each.discarded)
  await chrome.tabs.update(tab.id, { active: true })
}
