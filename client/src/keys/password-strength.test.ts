import { expect, test } from 'vitest'
import { passwordStrength, requireStrongPassword } from './password-strength.ts'
import { outcome } from './testing-enterprise.ts'

test('common passwords, keyboard walks and dates are too weak, whatever is put behind them', async () => {
  for (const weak of [
    '',
    'password',
    'Password1!',
    'qwertyuiop',
    '12345678901234567890',
    'letmein2026',
    '01.01.1990',
    'aaaaaaaaaaaaaaaa',
  ]) {
    expect((await passwordStrength(weak, [])).enough, weak).toBe(false)
  }
})

test('a few random words, and what a password generator makes, are enough', async () => {
  for (const strong of ['terrapin vukeluwa obibu', 'gravel-mustang-otter-lantern', 'tK7#pQ2w!xZ9']) {
    expect((await passwordStrength(strong, [])).enough, strong).toBe(true)
  }
})

test('a password made of one’s own name and company is weak for oneself', async () => {
  const about = ['Wilhelmina', 'Featherstone', 'Brontosoft']
  const password = 'wilhelminafeatherstone'
  const [own, anybody] = [await passwordStrength(password, about), await passwordStrength(password, [])]
  expect(own.guessesLog10).toBeLessThan(anybody.guessesLog10)
  expect(own.enough).toBe(false)
})

test('the refusal says what to change and does not repeat the password', async () => {
  expect(await outcome(() => requireStrongPassword('password1', []))).toBe('weak_password')
  await expect(requireStrongPassword('password1', [])).rejects.not.toThrow('password1')
})

test('a text of any length is answered at once', async () => {
  expect((await passwordStrength('x'.repeat(100_000), [])).enough).toBe(false)
})
