/** Texts that break software, in every text of every body. */
import t from 'tap'
import { isMap, positionsOf, takesText, withJson } from './bad-input-positions.ts'
import { createProber, cycle, SEED, VOLUME } from './bad-input-probe.ts'
import { readBack } from './bad-input-readback.ts'
import { ALL_EMAILS } from './corpus/emails.ts'
import { ALL_NAUGHTY_STRINGS } from './corpus/naughty-strings.ts'

const REQUESTS = 5_500 * VOLUME

t.test('naughty texts in bodies, as values and as keys', async (t) => {
  const prober = await createProber(t)
  const places = prober.targets.flatMap((target) =>
    positionsOf(target, prober.document)
      .filter((position) => takesText(position) || isMap(position))
      .map((position) => ({ target, position })),
  )
  const nextText = cycle(ALL_NAUGHTY_STRINGS, SEED)
  const nextEmail = cycle(ALL_EMAILS, SEED)
  const each = Math.ceil(REQUESTS / places.length)
  for (const { target, position } of places) {
    const { pointer } = position
    const next = pointer.endsWith('email') ? nextEmail : nextText
    for (let i = 0; i < each; i++) {
      const text = next()
      const sent = isMap(position) ? { [text]: 'a' } : text
      const request = withJson(target.request, pointer, JSON.stringify(sent))
      const answer = await prober.send(target, request, `${pointer} ${JSON.stringify(sent)}`)
      if (answer.statusCode < 300) await readBack(prober, target, request, answer, pointer, sent)
    }
  }
  await prober.finish(t, REQUESTS)
})
