import { ClientError } from '../errors.ts'

/** 10^10 guesses: at what Argon2id costs here, some thirty years of one processor core for who has the server's secrets. */
const LEAST_GUESSES_LOG10 = 10
const MOST_CHARACTERS = 256

/** How hard a password is to guess. */
export interface PasswordStrength {
  /** Tens in the number of guesses that it takes: 10 means 10^10. */
  readonly guessesLog10: number
  readonly enough: boolean
  /** What to change, in English; empty where nothing is known. */
  readonly advice: readonly string[]
}

/**
 * Estimates a password as those who crack passwords would try it (zxcvbn). `about` are words that are near for this person:
 * name, e-mail address, enterprise. The dictionaries are loaded at the first call (some megabytes), so best in a Worker.
 */
export async function passwordStrength(password: string, about: readonly string[]): Promise<PasswordStrength> {
  if (password.length > MOST_CHARACTERS) return { guessesLog10: 0, enough: false, advice: [`Use at most ${MOST_CHARACTERS} characters.`] }
  loading ??= loadEstimator()
  const estimator = await loading
  const { guessesLog10, feedback } = estimator.check(password, [...about.flatMap(wordsOf), 'claviger', 'vault'])
  const advice = [feedback.warning, ...feedback.suggestions].filter((words): words is string => typeof words === 'string' && words !== '')
  return { guessesLog10, enough: guessesLog10 >= LEAST_GUESSES_LOG10, advice }
}

/** @throws ClientError `weak_password` below the floor */
export async function requireStrongPassword(password: string, about: readonly string[]): Promise<void> {
  const { enough, advice } = await passwordStrength(password, about)
  if (!enough) throw new ClientError('weak_password', ['This password could be guessed.', ...advice].join(' '))
}

/** The whole and its words: of an e-mail address, the name and the company are guessed apart too. */
function wordsOf(text: string): string[] {
  return [text, ...text.split(/[^\p{L}\p{N}]+/u)].filter((word) => word !== '')
}

let loading: ReturnType<typeof loadEstimator> | undefined

async function loadEstimator() {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ])
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  })
}
