import type { Command } from 'commander'

/** The commands, by the words that lead to them: to load them all takes longer than most of them do. */
export const groups: readonly { words: readonly string[]; load: () => Promise<(program: Command) => void> }[] = [
  { words: ['serve'], load: async () => (await import('./serve.ts')).addServeCommand },
  { words: ['init'], load: async () => (await import('./init.ts')).addInitCommand },
  { words: ['node'], load: async () => (await import('./node.ts')).addNodeCommands },
  { words: ['method'], load: async () => (await import('./method.ts')).addMethodCommands },
  { words: ['users'], load: async () => (await import('./users.ts')).addUsersCommands },
  { words: ['teams'], load: async () => (await import('./teams.ts')).addTeamsCommands },
  { words: ['log'], load: async () => (await import('./log.ts')).addLogCommand },
  { words: ['setup', 'register', 'sign-in', 'sign-out'], load: async () => (await import('./account.ts')).addAccountCommands },
  { words: ['password', 'recover', 'recovery-code'], load: async () => (await import('./account-change.ts')).addAccountChangeCommands },
  { words: ['second-factor'], load: async () => (await import('./second-factor.ts')).addSecondFactorCommands },
  { words: ['devices'], load: async () => (await import('./devices.ts')).addDevicesCommands },
  { words: ['device'], load: async () => (await import('./device-request.ts')).addDeviceRequestCommand },
  { words: ['notices'], load: async () => (await import('./notices.ts')).addNoticesCommand },
  { words: ['recover-user', 'transfer'], load: async () => (await import('./recover-user.ts')).addRecoverUserCommands },
  { words: ['pending'], load: async () => (await import('./pending.ts')).addPendingCommand },
  { words: ['record'], load: async () => (await import('./record.ts')).addRecordCommands },
  { words: ['folder'], load: async () => (await import('./folder.ts')).addFolderCommands },
  { words: ['words'], load: async () => (await import('./words.ts')).addWordsCommand },
  { words: ['watch'], load: async () => (await import('./watch.ts')).addWatchCommand },
  { words: ['automator'], load: async () => (await import('./automator.ts')).addAutomatorCommands },
  { words: ['approve'], load: async () => (await import('./approve.ts')).addApproveCommand },
  { words: ['policy'], load: async () => (await import('./policy.ts')).addPolicyCommand },
  { words: ['backup', 'restore'], load: async () => (await import('./backup.ts')).addBackupCommands },
  { words: ['migrate'], load: async () => (await import('./migrate.ts')).addMigrateCommand },
  { words: ['doctor'], load: async () => (await import('./doctor.ts')).addDoctorCommand },
  { words: ['demo'], load: async () => (await import('./demo.ts')).addDemoCommand },
  {
    words: ['okta', 'entra', 'onelogin', 'jumpcloud', 'authentik'],
    load: async () => (await import('./directory.ts')).addDirectoryCommands,
  },
]

/** What has to be loaded for this word: for none, or one that there is not, everything, so that the help is whole. */
export function groupsFor(word: string | undefined) {
  const chosen = groups.filter(({ words }) => word !== undefined && words.includes(word))
  return chosen.length === 0 ? groups : chosen
}
