import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { openVault, type Vault } from '@claviger/client/vault/vault.ts'
import { openPerson, type PersonOptions } from './person.ts'
import { warnOfRefused } from './vault-names.ts'

/** Opens the vault of the person whose profile this is. */
export async function openVaultOf(options: PersonOptions): Promise<{ account: OpenAccount; vault: Vault }> {
  const account = await openPerson(options)
  const vault = await openVault(account)
  warnOfRefused(vault)
  return { account, vault }
}
