import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { deliveryFailure } from '../mail/delivery-failure.ts'
import { verifyMailServer } from '../mail/transport.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const ANSWER_WITHIN = 5_000

/** Whether browsers and directories can reach the server where the settings say, as seen from here, and over TLS. */
export async function checkPublicUrl({ publicUrl }: Pick<Config, 'publicUrl'>): Promise<Finding[]> {
  const { protocol, hostname } = new URL(publicUrl)
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  const findings: Finding[] = []
  if (isHere)
    findings.push(
      warn('address', `${publicUrl} is for this machine only`, 'set CLAVIGER_PUBLIC_URL to the https:// address that directories use'),
    )
  else if (protocol !== 'https:')
    findings.push(
      fail(
        'address',
        `${publicUrl} is not encrypted: tokens can be read on the way`,
        'put a proxy with TLS in front, and set CLAVIGER_PUBLIC_URL to its https:// address',
      ),
    )
  else findings.push(ok('address', `${publicUrl} is encrypted`))
  return [...findings, await checkAnswer(publicUrl)]
}

async function checkAnswer(publicUrl: string): Promise<Finding> {
  const advice = 'start the server; if it runs, look at the proxy, the name and the certificate on the way'
  try {
    const answer = await fetch(`${publicUrl}/healthz`, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_WITHIN) })
    const isOurs = answer.ok && (await answer.text()) === '{"status":"ok"}'
    return isOurs
      ? ok('reach', `${publicUrl} answers`)
      : fail('reach', `what answers at ${publicUrl} (status ${answer.status}) is not Claviger`, advice)
  } catch (error) {
    return fail('reach', `${publicUrl} does not answer: ${reasonOf(error)}`, advice)
  }
}

/** Whether the mail server takes mail from us: connects, secures, signs in, and sends nothing. */
export async function checkMailServer({ smtpUrl }: Pick<Config, 'smtpUrl'>): Promise<Finding> {
  if (smtpUrl === undefined)
    return warn(
      'mail',
      'no mail server is set: invitations are not sent',
      'set CLAVIGER_SMTP_URL; until then `claviger users list` shows the links',
    )
  try {
    await verifyMailServer(smtpUrl)
    return ok('mail', `the mail server ${new URL(smtpUrl).host} lets us in`)
  } catch (error) {
    const words = error instanceof AppError ? error.message : deliveryFailure(error).message
    return fail(
      'mail',
      `the mail server ${new URL(smtpUrl).host} does not work: ${words}`,
      'check CLAVIGER_SMTP_URL: scheme, port, user, password',
    )
  }
}

/** fetch hides why it failed in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Error && 'code' in cause && cause.message === '') return String(cause.code)
  return cause instanceof Error ? cause.message : String(cause)
}
