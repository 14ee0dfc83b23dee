// A template or sender that a sequence mails with stays: whoever walks through would come by the step and get nothing.
import t from 'tap'
import { DAY, mail, rest, sequenceHands, step } from '../helpers/sequences.ts'
import { testService } from '../helpers/service.ts'

t.test('what a sequence in use mails with cannot be deleted, until nobody needs it any more', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const { call } = service
  await hands.must('PUT', '/v1/templates/other', { texts: [{ locale: 'en', subject: 'Other', text: 'Other' }] })
  await hands.must('PUT', '/v1/settings/senders/news', { name: 'News', email: 'news@leads.test' })
  const remove = async (path: string) => {
    const answer = await call('DELETE', `/v1/${path}`)
    return [answer.statusCode, answer.statusCode === 204 ? null : answer.json().code]
  }
  const byNews = step('one', 'email', null, { email: { template_key: 'other', sender_key: 'news' } })
  await hands.must('PUT', '/v1/sequences/drafted', { steps: [byNews] })
  t.same(await remove('settings/senders/news'), [204, null], 'a draft holds nothing')
  await hands.must('PUT', '/v1/settings/senders/news', { name: 'News', email: 'news@leads.test' })
  await hands.must('POST', '/v1/sequences/drafted/publish')
  t.same(await remove('settings/senders/news'), [409, 'in_use'])
  t.match((await call('DELETE', '/v1/templates/other')).json(), { detail: /drafted/ })

  await hands.publish('welcome', { steps: [rest('w', 'one', DAY), mail('one', null)] })
  const [id = ''] = await hands.enroll('welcome', await hands.leads(1))
  await hands.run()
  await hands.publish('welcome', { steps: [rest('w', null, DAY)] })
  t.same(await remove('templates/welcome'), [409, 'in_use'], 'somebody still walks through the version before')
  await hands.must('PATCH', `/v1/enrollments/${id}`, { status: 'ended' })
  t.same(await remove('templates/welcome'), [204, null])
  await hands.must('DELETE', '/v1/sequences/drafted')
  t.same(await remove('templates/other'), [204, null])
  t.same(await remove('settings/senders/news'), [204, null])
})
