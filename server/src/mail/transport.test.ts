import { expect, test } from 'vitest'
import { deliveryFailure } from './delivery-failure.ts'
import { startMailServer } from './testing-mail-server.ts'
import { openMailTransport } from './transport.ts'

const mail = { messageId: '<1@x>', from: 'a@example.com', to: 'b@example.com', subject: 's', text: 't', html: '<p>t</p>' }
const never = new AbortController().signal

test.each([
  '',
  'example.com',
  'http://example.com',
  'smtp://',
  'smtp://u:secret@h?tls.rejectUnauthorized=false',
  'smtp://u:secret@h?tls=no',
])('a mail server cannot be %s', (url) => {
  let message = ''
  try {
    openMailTransport(url)
  } catch (error) {
    message = String(error)
  }
  expect(message).toMatch(/the URL of the mail server/)
  expect(message).not.toContain('secret')
})

test('the user and the password of the URL sign in, with what is escaped in it', async () => {
  const seen: unknown[] = []
  const server = await startMailServer(
    {},
    {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        seen.push([username, password])
        done(null, { user: 'u' })
      },
    },
  )
  const transport = openMailTransport(`smtp://me%40example.com:p%3Aw%2F@127.0.0.1:${server.port}`)
  await transport.send(mail, never)
  transport.close()
  expect(seen).toEqual([['me@example.com', 'p:w/']])
  expect(server.arrived).toHaveLength(1)
})

test('a server whose certificate nobody vouches for gets no mail', async () => {
  const server = await startMailServer({}, { secure: true })
  const transport = openMailTransport(`smtps://127.0.0.1:${server.port}`)
  const failure = await transport.send(mail, never).then(() => null, deliveryFailure)
  transport.close()
  expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/certificate/) })
  expect(server.arrived).toEqual([])
})

test('mail to another machine goes encrypted or not at all, unless the URL says otherwise', async () => {
  const server = await startMailServer({}, { disabledCommands: ['STARTTLS'] })
  const url = `smtp://0.0.0.0:${server.port}` // leads to this machine, which its name does not say
  const strict = openMailTransport(url)
  const failure = await strict.send(mail, never).then(() => null, deliveryFailure)
  strict.close()
  expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/STARTTLS/) })
  expect(server.offered).toEqual([])
  const plain = openMailTransport(`${url}?tls=none`)
  await plain.send(mail, never)
  plain.close()
  expect(server.arrived).toHaveLength(1)
})

test('a mail that takes too long can be broken off', async () => {
  let goOn = () => {}
  const mayGoOn = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const server = await startMailServer({ before: () => mayGoOn })
  const transport = openMailTransport(server.url)
  const failure = await transport.send(mail, AbortSignal.timeout(100)).then(() => null, deliveryFailure)
  transport.close()
  goOn()
  expect(failure).toMatchObject({ kind: 'unreachable' })
})
