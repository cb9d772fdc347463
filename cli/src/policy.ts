import { ClientError } from '@claviger/client/errors.ts'
import { appendToLog } from '@claviger/client/log/append.ts'
import type { Policy } from '@claviger/contract/log/statement.ts'
import { type Command, Option } from 'commander'
import { say, writeJson } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'

interface PolicyOptions extends PersonOptions {
  autoApproval?: Policy['autoApproval']
  recovery?: 'on' | 'off'
}

/** Adds `policy`. */
export function addPolicyCommand(program: Command): void {
  addPersonOptions(program.command('policy'))
    .description('show the approval policy of the enterprise log, or state another one')
    .addOption(
      new Option('--auto-approval <whom>', 'who may be given keys without an administrator').choices(['verified-members', 'everyone']),
    )
    .addOption(new Option('--recovery <state>', 'whether administrators can recover vaults').choices(['on', 'off']))
    .action(run)
}

async function run({ autoApproval, recovery, ...options }: PolicyOptions) {
  const account = await openPerson(options)
  if (autoApproval !== undefined || recovery !== undefined) {
    if (account.state.administrators.get(account.owner.userId)?.includes('policy') !== true) {
      throw new ClientError('not_entitled', 'Only a full administrator of the enterprise can state its policy.')
    }
    await appendToLog(account, ({ policy }) => {
      const wanted: Policy = {
        autoApproval: autoApproval ?? policy.autoApproval,
        recovery: recovery === undefined ? policy.recovery : recovery === 'on',
      }
      const isSame = wanted.autoApproval === policy.autoApproval && wanted.recovery === policy.recovery
      return isSame ? [] : [{ kind: 'policy-set', policy: wanted }]
    })
  }
  const { policy } = account.state
  if (options.json) return writeJson(policy)
  await say(...wordsOf(policy))
}

function wordsOf({ autoApproval, recovery }: Policy): string[] {
  return [
    autoApproval === 'everyone'
      ? 'Auto-approval: everyone. Whoever the directory pushes is admitted with the keys that they are first seen with.'
      : 'Auto-approval: verified-members. Only people whom an administrator, an automator or the directory has certified are admitted.',
    recovery
      ? 'Recovery: on. Vaults open for administrators who hold the recovery key.'
      : 'Recovery: off. New accounts are not sealed for the recovery key; what was sealed before stays so.',
  ]
}
