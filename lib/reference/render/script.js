/**
 * The script of the reference pages: the search, the filter by status, the buttons that copy an example or the page,
 * and the language of the examples. It is not a module, because browsers do not load modules from files.
 */
const form = document.querySelector('.filter')
const isFile = location.protocol === 'file:'
if (form !== null) enableFilter(form)
rememberLanguage()
if (navigator.clipboard !== undefined) {
  for (const block of document.querySelectorAll('pre')) addCopyButton(block)
  const markdown = document.querySelector('link[type="text/markdown"]')
  // A page that was opened as a file cannot load another file.
  if (!isFile) (form ?? document.querySelector('.about .lead')).after(createCopyButton('Copy as Markdown', async () => (await fetch(markdown.href)).text()))
}

function enableFilter (form) {
  const search = form.querySelector('#search')
  const status = form.querySelector('#status')
  const output = form.querySelector('output')
  const items = [...document.querySelectorAll('.codes li')].map(element => ({ element, text: element.textContent.toLowerCase() }))
  const groups = [...document.querySelectorAll('.group')]
  const links = document.querySelectorAll('.contents li') // in the order of the groups
  const nothing = document.querySelector('.nothing')

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(word => word !== '')
    let shown = 0
    for (const { element, text } of items) {
      const matches = element.dataset.status.startsWith(status.value) &&
        words.every(word => text.includes(word) || element.dataset.status.startsWith(word))
      element.hidden = !matches
      if (matches) shown++
    }
    groups.forEach((group, index) => {
      group.hidden = links[index].hidden = group.querySelector('.codes li:not([hidden])') === null
    })
    nothing.hidden = shown > 0
    output.textContent = shown + ' of ' + items.length + ' codes'
    const query = new URLSearchParams()
    if (search.value !== '') query.set('q', search.value)
    if (status.value !== '') query.set('status', status.value)
    const address = location.pathname + (query.size === 0 ? '' : '?' + query) + location.hash
    if (!isFile && address !== location.pathname + location.search + location.hash) history.replaceState(null, '', address)
  }

  const given = new URLSearchParams(location.search)
  search.value = given.get('q') ?? ''
  status.value = given.get('status') ?? ''
  if (status.selectedIndex === -1) status.value = ''
  form.hidden = false
  apply()
  form.addEventListener('input', apply)
  form.addEventListener('submit', event => {
    event.preventDefault()
    if (search.value !== '') document.querySelector('.codes li:not([hidden]) a')?.click()
  })
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select') !== null) return
    event.preventDefault()
    search.focus()
  })
}

/** Shows the examples of all pages in the language that was chosen last. */
function rememberLanguage () {
  const buttons = [...document.querySelectorAll('input[name="language"]')]
  for (const button of buttons) button.addEventListener('change', () => { useStorage(storage => storage.setItem('language', button.value)) })
  const language = useStorage(storage => storage.getItem('language'))
  for (const button of buttons) if (button.value === language) button.checked = true
}

function useStorage (use) {
  try {
    return use(localStorage)
  } catch {
    return null // a browser can forbid it
  }
}

function addCopyButton (block) {
  const box = document.createElement('div')
  box.className = 'code'
  block.replaceWith(box)
  box.append(createCopyButton('Copy', () => block.textContent), block)
}

function createCopyButton (label, getText) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = label
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(await getText())
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = label }, 2000)
  })
  return button
}
