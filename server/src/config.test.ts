import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig, unknownVariables } from './config.ts'
import { AppError } from './errors.ts'

function refusal(environment: NodeJS.ProcessEnv, flags = {}) {
  try {
    readConfig(environment, flags)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('the settings were accepted')
}

test('without any setting the server is for this machine, on port 8080, with the store in ./data', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    publicUrl: 'http://localhost:8080',
    storeLocation: resolve('data/claviger.db'),
    smtpUrl: undefined,
    scimRate: 0,
    trustProxy: false,
  })
})

test('the public address follows the port, unless it is set', () => {
  expect(readConfig({ CLAVIGER_PORT: '9000' }).publicUrl).toBe('http://localhost:9000')
  expect(readConfig({ CLAVIGER_PUBLIC_URL: 'https://vault.example.com/' }).publicUrl).toBe('https://vault.example.com')
})

test('mail comes from the public name, unless a sender is set', () => {
  expect(readConfig({ CLAVIGER_PUBLIC_URL: 'https://vault.example.com' }).mailFrom).toBe('Claviger <claviger@vault.example.com>')
  expect(readConfig({ CLAVIGER_MAIL_FROM: 'it@example.com' }).mailFrom).toBe('it@example.com')
})

test('a flag wins over the environment', () => {
  expect(readConfig({ CLAVIGER_PORT: '9000', CLAVIGER_DATA: '/a' }, { port: 9001, data: '/b' })).toMatchObject({
    port: 9001,
    storeLocation: '/b/claviger.db',
  })
})

test('with CLAVIGER_DATABASE_URL the store is PostgreSQL', () => {
  expect(readConfig({ CLAVIGER_DATABASE_URL: 'postgres://u:p@db/claviger' }).storeLocation).toBe('postgres://u:p@db/claviger')
})

test('a variable that a compose file leaves empty counts as not set', () => {
  expect(readConfig({ CLAVIGER_PORT: '', CLAVIGER_SMTP_URL: ' ' })).toMatchObject({ port: 8080, smtpUrl: undefined })
})

test('every wrong setting is named at once, with where it came from and what to change', () => {
  const { code, message } = refusal({ CLAVIGER_SCIM_RATE: 'fast', CLAVIGER_PUBLIC_URL: 'https://a.example/vault' }, { port: '70000' })
  expect(code).toBe('invalid_value')
  expect(message).toContain('--port is "70000": give a port from 1 to 65535')
  expect(message).toContain('CLAVIGER_SCIM_RATE is "fast"')
  expect(message).toMatch(/CLAVIGER_PUBLIC_URL is .* without a path/)
})

test('a password in a wrong setting is not repeated', () => {
  const { message } = refusal({ CLAVIGER_DATABASE_URL: 'mysql://root:hunter2@db/x', CLAVIGER_SMTP_URL: 'mail:hunter2@host' })
  expect(message).toContain('CLAVIGER_DATABASE_URL: give postgres://')
  expect(message).toContain('CLAVIGER_SMTP_URL: give smtp://')
  expect(message).not.toContain('hunter2')
})

test('a port that Kubernetes set is explained', () => {
  expect(refusal({ CLAVIGER_PORT: 'tcp://10.0.0.1:80' }).message).toContain('enableServiceLinks')
})

test('proxies are trusted by number or by address, never all of them', () => {
  expect(readConfig({ CLAVIGER_TRUST_PROXY: '1' }).trustProxy).toBe(1)
  expect(readConfig({ CLAVIGER_TRUST_PROXY: '10.0.0.0/8, 127.0.0.1' }).trustProxy).toEqual(['10.0.0.0/8', '127.0.0.1'])
  expect(readConfig({ CLAVIGER_TRUST_PROXY: 'false' }).trustProxy).toBe(false)
  expect(refusal({ CLAVIGER_TRUST_PROXY: 'true' }).message).toContain('say whom to trust')
  expect(refusal({ CLAVIGER_TRUST_PROXY: '10.0.0.300' }).message).toContain('CLAVIGER_TRUST_PROXY')
})

test('logs are kept for the days that are set, 0 for good', () => {
  expect(readConfig({ CLAVIGER_PROVISIONING_LOG_DAYS: '2' }).provisioningLogMillis).toBe(2 * 86_400_000)
  expect(readConfig({ CLAVIGER_PROVISIONING_LOG_DAYS: '0' }).provisioningLogMillis).toBeUndefined()
})

test('a misspelt variable is found, and what Kubernetes adds is not taken for one', () => {
  expect(
    unknownVariables({ CLAVIGER_PUBLICURL: 'x', CLAVIGER_PORT: '1', CLAVIGER_SERVICE_HOST: 'x', CLAVIGER_PORT_80_TCP: 'x', HOME: '/' }),
  ).toEqual(['CLAVIGER_PUBLICURL'])
})
