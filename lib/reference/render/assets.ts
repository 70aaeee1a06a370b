/** A file that the pages refer to. */
export interface Asset {
  readonly name: string
  readonly contentType: string
  readonly content: string
}

const style = `:root {
  color-scheme: light dark;
  --page: #fff; --panel: #f6f7f9; --line: #dfe3e8; --text: #1b1f26; --soft: #545d6b;
  --accent: #2a52be; --own: #8a4b00; --own-back: #fdf1df; --ours: #a8192b; --ours-back: #fdeaec;
  --name: #2a52be; --string: #1a6e3c; --value: #8a4b00;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151a; --panel: #1b2027; --line: #303742; --text: #e6e9ee; --soft: #a3adbb;
    --accent: #8fb0ff; --own: #f3bd6c; --own-back: #372a15; --ours: #ff9aa6; --ours-back: #401a20;
    --name: #8fb0ff; --string: #8ed6a6; --value: #f3bd6c;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main, footer { max-width: 76rem; margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 2.5rem); }
main:focus { outline: none; }
footer { border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem; }
a { color: var(--accent); text-underline-offset: .2em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--accent); color: var(--page); z-index: 2; }
.skip:focus { top: 1rem; }
h1 { margin: 0; font-size: clamp(1.75rem, 4vw, 2.5rem); line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; line-height: 1.3; }
h3, h4, h5, h6 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
p { margin: .75rem 0; }
.lead { max-width: 44rem; font-size: 1.125rem; color: var(--soft); }
code, pre { font-family: var(--mono); font-size: .875em; }
code { overflow-wrap: anywhere; }
:not(pre) > code { padding: .1em .35em; border-radius: 4px; background: var(--panel); }
a > code { padding: 0; background: none; }
.pill { display: inline-block; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .8125rem; color: var(--soft); }
.pill.s4 { border-color: transparent; background: var(--own-back); color: var(--own); font-weight: 600; }
.pill.s5 { border-color: transparent; background: var(--ours-back); color: var(--ours); font-weight: 600; }

.filter { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: end; margin: 1.5rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--panel); }
.filter[hidden] { display: none; }
.filter p { margin: 0; }
.filter p:first-child { flex: 1 1 16rem; }
.filter label { display: block; font-size: .8125rem; color: var(--soft); }
.filter input, .filter select { width: 100%; height: 2.75rem; padding: 0 .75rem; border: 1px solid var(--soft); border-radius: 6px; background: var(--page); color: var(--text); font: inherit; }
.filter output { flex: 1 0 100%; font-size: .875rem; color: var(--soft); }
.contents ul { margin: 1rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; font-size: .9375rem; }
.contents a { display: inline-block; padding: .2rem 0; color: var(--soft); text-decoration: none; }
.contents a:hover { color: var(--accent); text-decoration: underline; }
.group h2 { margin-top: 1.75rem; padding-bottom: .4rem; border-bottom: 1px solid var(--line); }
.group:first-child h2 { margin-top: 0; }
.group > p { color: var(--soft); }
.codes { margin: 0; padding: 0; list-style: none; }
.codes li { position: relative; display: flex; flex-wrap: wrap; gap: .1rem .75rem; align-items: baseline; padding: .65rem .75rem; margin: 0 -.75rem; border-radius: 8px; }
.codes li[hidden], .group[hidden] { display: none; }
.codes li:hover { background: var(--panel); }
.codes a { font-weight: 600; text-decoration: none; }
.codes a::after { content: ""; position: absolute; inset: 0; }
.codes a:hover code { text-decoration: underline; }
.codes .message { flex: 1 0 100%; }

.trail { margin-bottom: 1.5rem; font-size: .875rem; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.facts .name { font-size: 1rem; font-weight: 600; }
pre { margin: .75rem 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 10px; background: var(--panel); line-height: 1.5; }
.hl-status { font-weight: 700; }
.hl-name { color: var(--name); }
.hl-string { color: var(--string); }
.hl-value { color: var(--value); }
.copy { float: right; margin: -.5rem -.5rem .25rem .75rem; padding: .25rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: var(--soft); font: .75rem system-ui, sans-serif; cursor: pointer; }
.copy:hover { color: var(--accent); border-color: var(--accent); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-size: .8125rem; font-weight: 600; color: var(--soft); }
.siblings { margin-top: 3rem; border-top: 1px solid var(--line); }

@media (min-width: 40rem) {
  td:first-child { white-space: nowrap; }
}
@media (min-width: 48rem) {
  .codes .message { flex: 1 1 0; }
  .codes a { flex: 0 0 17rem; }
}
@media (min-width: 64rem) {
  .columns { margin-top: 2rem; display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 3rem; }
  .contents { position: sticky; top: 1.5rem; align-self: start; max-height: calc(100vh - 3rem); padding: 2px; overflow-y: auto; }
  .contents ul { display: block; margin: 0; }
  .page { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 31rem); gap: 3rem; }
  .beside { align-self: start; }
}
@media (max-width: 63.99rem) {
  .contents span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .contents li { position: relative; }
  .contents a { min-width: 2.75rem; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: 6px; text-align: center; }
  .contents ul { gap: .5rem; }
}
@media (max-width: 39.99rem) {
  .scroll thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .scroll tr, .scroll td { display: block; }
  .scroll td { padding: .1rem 0; border: 0; }
  .scroll tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print { .filter, .contents, .copy, .skip, .siblings { display: none; } .page, .columns { display: block; } }
`

const script = `const form = document.querySelector('.filter')
if (form !== null) enableFilter(form)
if (navigator.clipboard !== undefined) for (const block of document.querySelectorAll('pre')) addCopyButton(block)

function enableFilter (form) {
  const search = form.querySelector('#search')
  const status = form.querySelector('#status')
  const output = form.querySelector('output')
  const items = [...document.querySelectorAll('.codes li')].map(element => ({ element, text: element.textContent.toLowerCase() }))
  const groups = [...document.querySelectorAll('.group')]
  const nothing = document.querySelector('.nothing')

  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(word => word !== '')
    let shown = 0
    for (const { element, text } of items) {
      const matches = element.dataset.status.startsWith(status.value) &&
        words.every(word => text.includes(word) || element.dataset.status.startsWith(word))
      element.hidden = !matches
      if (matches) shown++
    }
    for (const group of groups) group.hidden = group.querySelector('.codes li:not([hidden])') === null
    nothing.hidden = shown > 0
    output.textContent = shown + ' of ' + items.length + ' codes'
    const query = new URLSearchParams()
    if (search.value !== '') query.set('q', search.value)
    if (status.value !== '') query.set('status', status.value)
    const address = location.pathname + (query.size === 0 ? '' : '?' + query) + location.hash
    if (address !== location.pathname + location.search + location.hash) history.replaceState(null, '', address)
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

function addCopyButton (block) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('code').textContent)
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  })
  block.prepend(button)
}
`

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2a52be"/><path d="M16 7v11" stroke="#fff" stroke-width="4" stroke-linecap="round"/><circle cx="16" cy="24.5" r="2.5" fill="#fff"/></svg>
`

/** The files that belong to the pages. Nothing is loaded from elsewhere. */
export const assets: readonly Asset[] = [
  { name: 'style.css', contentType: 'text/css; charset=utf-8', content: style },
  { name: 'script.js', contentType: 'text/javascript; charset=utf-8', content: script },
  { name: 'icon.svg', contentType: 'image/svg+xml', content: icon }
]
