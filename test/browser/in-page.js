// What the browser tests run inside a page.

/** Empties the page and renders a form by the call that pages have for it. */
export async function renderAlone({ form, options }) {
  const host = document.createElement('div')
  document.querySelector('main').replaceChildren(host)
  await window.leadwell.render(host, { form, ...options })
}

/** Adds a script to the end of the page; its data attributes are `data`. */
export function addScript({ src, ...data }) {
  const script = document.createElement('script')
  Object.assign(script.dataset, data)
  script.src = src
  document.querySelector('main').append(script)
}

/** Keeps the visitor on the page; resolves to what the event tells. */
export function hearSubmission() {
  return new Promise((resolve) => {
    document.addEventListener('leadwell:submitted', (event) => {
      event.preventDefault()
      resolve(event.detail)
    })
  })
}

export const isFocused = (node) => node.getRootNode().activeElement === node

export const focusedClass = () => document.querySelector('[data-leadwell-form]').shadowRoot.activeElement.className

export const fitsScreen = () => document.documentElement.scrollWidth <= window.innerWidth

export const countStored = () => sessionStorage.length + localStorage.length

export const sendBeacon = ({ url, body }) => navigator.sendBeacon(url, new Blob([body], { type: 'text/plain' }))

/** Sends a body by fetch; resolves to what a page can see of the answer. */
export async function sendBody({ url, headers, body }) {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body })
    return { status: answer.status, request_id: answer.headers.get('x-request-id'), body: await answer.json() }
  } catch (error) {
    return { error: String(error) }
  }
}

/** Sends fields and one file. */
export async function sendFile({ url, fields, file }) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append(file.field, new Blob([file.text], { type: file.type }), file.name)
  return (await fetch(url, { method: 'POST', body: form })).status
}

export const hasTracker = () => window.leadwell?.track !== undefined

export const hasVisitor = () => localStorage.getItem('leadwell.visitor') !== null

export const storedVisitor = () => localStorage.getItem('leadwell.visitor')

/** Calls a function of the tracker as a page does. */
export const callTracker = ({ name, given }) => void window.leadwell[name](...given)

/** The next click leads nowhere. */
export const stayOnClick = () => document.addEventListener('click', (event) => event.preventDefault(), { once: true })

/** Changes the address without loading, a moment apart, then goes one back. */
export async function walkWithoutLoading(addresses) {
  const rest = () => new Promise((resolve) => setTimeout(resolve, 120))
  for (const address of addresses) {
    history.pushState(null, '', address)
    await rest()
  }
  history.back()
  await rest()
}

/** The browser says that it wants nobody to follow it. */
export function refuseTracking(sign) {
  Object.defineProperty(navigator, sign, { get: () => (sign === 'doNotTrack' ? '1' : true) })
}
