// The only script of the hosted page, and only where a form asks for a proof of work: it is ready before most people
// have filled in the form; who is faster waits for it.
import { solve } from './proof.js'

/** Solves the proof of work of the form while it is filled in. */
export function prove(form) {
  const proof = form.querySelector('[name=_pow]')
  const solved = solve(form.querySelector('[name=_token]').value, Number(form.dataset.bits)).then((number) => {
    proof.value = number
  })
  form.addEventListener('submit', (event) => {
    if (proof.value) return
    event.preventDefault()
    // A field of the form may be called "submit".
    solved.then(() => HTMLFormElement.prototype.submit.call(form))
  })
}
