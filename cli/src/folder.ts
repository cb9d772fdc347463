import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import type { OpenFolder } from '@claviger/client/vault/contents.ts'
import type { ShareWith } from '@claviger/client/vault/folders.ts'
import type { Vault } from '@claviger/client/vault/vault.ts'
import { type FolderGrantee, FolderRole } from '@claviger/contract/api/vault.ts'
import { TeamId, UserId } from '@claviger/contract/ids.ts'
import { AppError } from '@claviger/server/errors.ts'
import { type Command, Option } from 'commander'
import { openVaultOf } from './open-vault.ts'
import { say, Table, writeJson } from './output.ts'
import { addPersonOptions, type PersonOptions } from './person.ts'
import { addFolderPurgeCommand } from './purge.ts'
import { folderNamed } from './vault-names.ts'

interface WhomOptions extends PersonOptions {
  team?: string
  user?: string
}

/** Adds `folder add|share|unshare|list|rename|remove|restore`, and what purge.ts has. */
export function addFolderCommands(program: Command): void {
  const folder = program.command('folder').description('the folders of your vault')
  const roles = new Option('--role <role>', 'what they may do: view, edit, or manage (share it on)')
    .choices(FolderRole.options)
    .default('edit')
  addPersonOptions(folder.command('add')).description('make a folder of your own').argument('<name>').action(add)
  addPersonOptions(folder.command('list')).description('your folders, and those that are shared with you').action(list)
  addWhom(folder.command('share'))
    .description('share a folder with a team or a person')
    .argument('<folder>', 'name or id')
    .addOption(roles)
    .action(share)
  addWhom(folder.command('unshare')).description('take a team or a person off a folder').argument('<folder>', 'name or id').action(unshare)
  addPersonOptions(folder.command('rename'))
    .description('give a folder another name')
    .argument('<folder>', 'name or id')
    .argument('<name>')
    .action(rename)
  addPersonOptions(folder.command('remove'))
    .description('move a folder of yours into the bin')
    .argument('<folder>', 'name or id')
    .action(remove)
  addPersonOptions(folder.command('restore')).description('take a folder out of the bin').argument('<folder>', 'name or id').action(restore)
  addFolderPurgeCommand(folder)
}

function addWhom(command: Command): Command {
  return addPersonOptions(command).option('--team <name>', 'the team').option('--user <email>', 'the person')
}

async function add(name: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { folderId } = await vault.addFolder(name)
  if (options.json) return writeJson({ id: folderId, name })
  await say(`Made the folder ${name}. Nobody but you can open it.`)
}

async function list(options: PersonOptions) {
  const { account, vault } = await openVaultOf(options)
  const shown = await Promise.all(vault.folders().map((folder) => describe(vault, account, folder)))
  if (options.json) return writeJson(shown)
  const table = new Table('FOLDER', 'ID', 'ROLE', 'RECORDS', 'SHARED WITH')
  await table.write(
    shown.map(({ name, id, role, records, sharedWith }) => ({
      cells: [name, id, role, records, sharedWith.map((to) => `${to.name} (${to.role})`).join(', ')],
    })),
  )
  await table.end('You have no folders: claviger folder add NAME')
}

async function describe(
  vault: Vault,
  { owner, profile }: OpenAccount,
  { folderId, name, role, ownerId, sharedWith, key, rotationDue }: OpenFolder,
) {
  const access = sharedWith === 0 && ownerId === owner.userId ? [] : await vault.access(folderId)
  return {
    id: folderId,
    name,
    role,
    owner: ownerId === owner.userId ? profile.email : (access.find(({ kind }) => kind === 'owner')?.name ?? null),
    sharedWith: access.filter(({ kind }) => kind !== 'owner').map((to) => ({ kind: to.kind, name: to.name, role: to.role })),
    records: vault.records(folderId).length,
    keyEpoch: key.epoch,
    rotationDue,
  }
}

async function share(text: string, { role, ...options }: WhomOptions & { role: FolderRole }) {
  const { vault } = await openVaultOf(options)
  const { folderId, name } = folderNamed(vault.folders(), text)
  const { to, shown } = await recipientOf(vault, options)
  await vault.share(folderId, to, role)
  if (options.json) return writeJson({ id: folderId, name, sharedWith: shown, role })
  await say(`Shared ${name} with ${shown}, to ${role}.`)
}

async function unshare(text: string, options: WhomOptions) {
  const { vault } = await openVaultOf(options)
  const { folderId, name } = folderNamed(vault.folders(), text)
  const wanted = wantedName(options)
  const access = (await vault.access(folderId)).find(
    (to) => to.kind === (options.team === undefined ? 'user' : 'team') && to.name.toLowerCase() === wanted.toLowerCase(),
  )
  if (!access) throw new AppError('not_found', `${name} is not shared with ${wanted}.`)
  const grantee: FolderGrantee =
    access.kind === 'team' ? { kind: 'team', id: TeamId.parse(access.id) } : { kind: 'user', id: UserId.parse(access.id) }
  await vault.unshare(folderId, grantee)
  await vault.sync()
  await vault.rotateDue()
  if (options.json) return writeJson({ id: folderId, name, unsharedWith: access.name })
  await say(`${access.name} is off ${name}. What they have opened is marked to be changed: claviger record list`)
}

async function rename(text: string, name: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { folderId } = folderNamed(vault.folders(), text)
  await vault.renameFolder(folderId, name)
  if (options.json) return writeJson({ id: folderId, name })
  await say(`The folder is called ${name} now.`)
}

async function remove(text: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { folderId, name } = folderNamed(vault.folders(), text)
  await vault.binFolder(folderId)
  if (options.json) return writeJson({ id: folderId, name })
  await say(`${name} is in the bin, with all that is in it: claviger folder restore ${folderId}`)
}

async function restore(text: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { folderId, name } = folderNamed(vault.bin().folders, text)
  await vault.restoreFolder(folderId)
  if (options.json) return writeJson({ id: folderId, name })
  await say(`${name} is back.`)
}

/** With whom, by the whole name or address. */
async function recipientOf(vault: Vault, options: WhomOptions): Promise<{ to: ShareWith; shown: string }> {
  const wanted = wantedName(options)
  const { people, teams } = await vault.findRecipients(wanted)
  if (options.team !== undefined) {
    const team = teams.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
    if (!team) throw new AppError('not_found', `There is no active team ${wanted} that you could share with: it may wait for its approval.`)
    return { to: { teamId: team.teamId }, shown: team.name }
  }
  const person = people.find(({ email }) => email.toLowerCase() === wanted.toLowerCase())
  if (!person) throw new AppError('not_found', `There is nobody with the address ${wanted} who has registered.`)
  return { to: { person }, shown: person.email }
}

function wantedName({ team, user }: WhomOptions): string {
  const wanted = team ?? user
  if (wanted === undefined || (team !== undefined && user !== undefined)) {
    throw new AppError('invalid_value', 'Say with whom: --team NAME or --user EMAIL, one of the two.')
  }
  return wanted.trim()
}
