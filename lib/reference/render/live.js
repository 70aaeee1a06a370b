/**
 * The script of the page with the errors that the API sends: it loads the page every two seconds, replaces the rows
 * that changed, and filters and sorts the rows.
 */
const interval = 2000
const body = document.querySelector('.live tbody')
const filter = document.querySelector('.live-filter')
const state = document.querySelector('.state')
const nothing = document.querySelector('.nothing')
const [search, statusField, documented, sort, output] = ['#search', '#status', '#documented', '#sort', 'output'].map(selector => filter.querySelector(selector))

/** The rows by their key, each with the content that the server sent. */
const rows = new Map([...body.rows].map(row => [row.dataset.key, { row, content: row.innerHTML }]))

const orders = {
  last: (a, b) => b.dataset.last - a.dataset.last,
  count: (a, b) => b.dataset.count - a.dataset.count,
  route: (a, b) => a.dataset.route < b.dataset.route ? -1 : 1
}

function update (page) {
  for (const row of page.querySelector('.live tbody').rows) {
    const known = rows.get(row.dataset.key)
    if (known?.content === row.innerHTML) continue
    const content = row.innerHTML
    const next = known?.row ?? document.createElement('tr')
    for (const { name, value } of row.attributes) next.setAttribute(name, value)
    next.innerHTML = content
    next.className = 'changed'
    setTimeout(() => { next.className = '' }, interval)
    localizeTimes(next)
    rows.set(row.dataset.key, { row: next, content })
  }
  apply()
}

function apply () {
  const words = search.value.toLowerCase().split(/\s+/).filter(word => word !== '')
  const all = [...rows.values()].map(({ row }) => row)
  let shown = 0
  for (const row of all) {
    const text = row.textContent.toLowerCase()
    const matches = row.dataset.status.startsWith(statusField.value) &&
      (documented.value === '' || row.dataset.documented === documented.value) && words.every(word => text.includes(word))
    row.hidden = !matches
    if (matches) shown++
  }
  // A row that moves loses the focus and the selection, so rows move only if their order changes.
  const sorted = all.sort(orders[sort.value])
  if (sorted.some((row, index) => body.rows[index] !== row)) body.replaceChildren(...sorted)
  nothing.hidden = shown > 0
  nothing.textContent = all.length === 0 ? 'No errors have been sent yet.' : 'No error matches.'
  output.textContent = shown + ' of ' + all.length + (all.length === 1 ? ' kind of error' : ' kinds of errors')
}

function localizeTimes (element) {
  for (const time of element.querySelectorAll('time')) time.textContent = new Date(time.dateTime).toLocaleTimeString()
}

async function load () {
  if (!document.hidden) {
    try {
      const response = await fetch(location.pathname, { headers: { accept: 'text/html' } })
      if (!response.ok) {
        state.textContent = 'The server rejected the last update with status ' + response.status + '. Reload the page.'
        return
      }
      update(new DOMParser().parseFromString(await response.text(), 'text/html'))
      state.textContent = ''
    } catch {
      state.textContent = 'The server does not respond. Trying again.'
    }
  }
  setTimeout(load, interval)
}

search.value = new URLSearchParams(location.search).get('q') ?? ''
filter.hidden = false
filter.addEventListener('input', apply)
filter.addEventListener('submit', event => { event.preventDefault() })
localizeTimes(body)
apply()
setTimeout(load, interval)
