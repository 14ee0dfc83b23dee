// Capturing a lead with nothing but fetch. The key makes a second click, or a second try, the same submission.
const SUBMIT = 'http://127.0.0.1:3200/v1/public/forms/demo/submissions'

const form = document.querySelector('#callback')
const status = form.querySelector('[role=status]')
const key = crypto.randomUUID()

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  status.textContent = 'Sending…'
  try {
    const answer = await fetch(SUBMIT, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify({ ...Object.fromEntries(new FormData(form)), _page_url: location.href }),
    })
    const body = await answer.json()
    status.textContent = answer.ok ? body.message : body.errors.map((error) => error.detail).join(' ') || body.detail
  } catch {
    status.textContent = 'No connection. Please press the button again.'
  }
})
