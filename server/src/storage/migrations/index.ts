import { provisioning } from './0001-provisioning.ts'
import { accounts } from './0002-accounts.ts'
import { vault } from './0003-vault.ts'
import { adminConsole } from './0004-console.ts'
import { safety } from './0005-safety.ts'
import type { Migration } from './types.ts'

/** All migrations, by name, in the order they run. A released one is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-provisioning': provisioning,
  '0002-accounts': accounts,
  '0003-vault': vault,
  '0004-console': adminConsole,
  '0005-safety': safety,
}
