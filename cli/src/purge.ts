import type { Command } from 'commander'
import { confirm } from './confirm.ts'
import { openVaultOf } from './open-vault.ts'
import { say, writeJson } from './output.ts'
import { addPersonOptions, type PersonOptions } from './person.ts'
import { folderNamed, recordNamed } from './vault-names.ts'

interface PurgeOptions extends PersonOptions {
  yes?: boolean
}

/** Adds `record purge`. */
export function addRecordPurgeCommand(record: Command): void {
  addPersonOptions(record.command('purge'))
    .description('remove a record of the bin for good')
    .argument('<title>', 'title or id')
    .option('--yes', 'without being asked')
    .action(purgeRecord)
}

/** Adds `folder purge`. */
export function addFolderPurgeCommand(folder: Command): void {
  addPersonOptions(folder.command('purge'))
    .description('remove a folder of the bin for good, with all that is in it')
    .argument('<folder>', 'name or id')
    .option('--yes', 'without being asked')
    .action(purgeFolder)
}

async function purgeRecord(title: string, options: PurgeOptions) {
  const { vault } = await openVaultOf(options)
  const { recordId, meta } = recordNamed(vault.bin().records, title)
  if (!(await isMeant(`${meta.title}, with all its versions and files, will be gone for everybody.`, options))) return
  await vault.purgeRecord(recordId)
  if (options.json) return writeJson({ id: recordId, title: meta.title })
  await say(`${meta.title} is gone.`)
}

async function purgeFolder(text: string, options: PurgeOptions) {
  const { vault } = await openVaultOf(options)
  const { folderId, name } = folderNamed(vault.bin().folders, text)
  if (!(await isMeant(`The folder ${name}, with all that is in it, will be gone for everybody.`, options))) return
  await vault.purgeFolder(folderId)
  if (options.json) return writeJson({ id: folderId, name })
  await say(`The folder ${name} is gone.`)
}

async function isMeant(what: string, { yes }: PurgeOptions): Promise<boolean> {
  return yes === true || confirm([what, 'Nothing brings it back.'], 'Remove it for good', '--yes')
}
