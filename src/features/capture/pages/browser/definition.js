/** The public definition of a form, in the language of the page, else of the browser. */
export async function loadDefinition({ form, base, locale }) {
  const languages = [locale, document.documentElement.lang, ...navigator.languages].filter(Boolean)
  const headers = { 'accept-language': languages.join(',') }
  const answer = await fetch(`${base}/v1/public/forms/${form}`, { headers })
  const body = await answer.json()
  if (!answer.ok) throw new Error(body.detail)
  return body
}
