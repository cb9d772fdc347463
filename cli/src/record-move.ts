import type { Command } from 'commander'
import { openVaultOf } from './open-vault.ts'
import { say, writeJson } from './output.ts'
import { addPersonOptions, type PersonOptions } from './person.ts'
import { folderNamed, recordNamed, recordsIn } from './vault-names.ts'

/** Adds `record move`. */
export function addRecordMoveCommand(record: Command): void {
  addPersonOptions(record.command('move'))
    .description('move a record to another folder, with its history and its files')
    .argument('<title>', 'title or id')
    .requiredOption('--to <folder>', 'the folder it goes to: name or id')
    .option('--folder <folder>', 'only a record of this folder')
    .action(move)
}

async function move(title: string, { to, folder, ...options }: PersonOptions & { to: string; folder?: string }) {
  const { vault } = await openVaultOf(options)
  const { recordId, meta } = recordNamed(recordsIn(vault, folder), title)
  const { folderId, name } = folderNamed(vault.folders(), to)
  await vault.move(recordId, folderId)
  if (options.json) return writeJson({ id: recordId, folder: name, title: meta.title })
  await say(`${meta.title} is in ${name} now: whoever can open that folder can open it, with all its versions, and nobody else.`)
}
