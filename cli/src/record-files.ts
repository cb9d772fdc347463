import { open, rm } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { FileSource } from '@claviger/client/vault/attachments.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { openVaultOf } from './open-vault.ts'
import { say, writeJson } from './output.ts'
import { addPersonOptions, type PersonOptions } from './person.ts'
import { recordNamed } from './vault-names.ts'

/** What common files are; others are bytes. */
const mediaTypes: Readonly<Record<string, string>> = {
  '.txt': 'text/plain',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.pem': 'application/x-pem-file',
}

/** Adds `record attach|fetch|detach`. */
export function addRecordFileCommands(record: Command): void {
  const title = ['<title>', 'title or id'] as const
  addPersonOptions(record.command('attach'))
    .description('add a file to a record, sealed here')
    .argument(...title)
    .argument('<file>')
    .action(attach)
  addPersonOptions(record.command('fetch'))
    .description('write a file of a record to disk')
    .argument(...title)
    .argument('<attachment>', 'name or id')
    .requiredOption('--to <file>', 'a file that does not exist yet')
    .action(fetchFile)
  addPersonOptions(record.command('detach'))
    .description('remove a file from a record')
    .argument(...title)
    .argument('<attachment>', 'name or id')
    .action(detach)
}

async function attach(title: string, path: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { recordId, meta } = recordNamed(vault.records(), title)
  const handle = await opened(path, 'r')
  try {
    const about = await handle.stat()
    if (!about.isFile()) throw new AppError('invalid_value', `${path} is no file: give a file, or a folder packed into one.`)
    const { size } = about
    const source: FileSource = {
      size,
      async read(from, to) {
        const bytes = new Uint8Array(to - from)
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from)
        if (bytesRead !== bytes.length) throw new AppError('conflict', `${path} was changed while it was read: attach it again.`)
        return bytes
      },
    }
    const name = basename(path)
    const file = await vault.attach(
      recordId,
      { name, mediaType: mediaTypes[extname(name).toLowerCase()] ?? 'application/octet-stream' },
      source,
    )
    if (options.json) return await writeJson({ id: file.attachmentId, name, size })
    await say(`Added ${name} to ${meta.title}.`)
  } finally {
    await handle.close()
  }
}

async function fetchFile(title: string, attachment: string, { to, ...options }: PersonOptions & { to: string }) {
  const { vault, file } = await fileNamed(title, attachment, options)
  const handle = await opened(to, 'wx')
  try {
    for await (const chunk of vault.readChunks(file)) await handle.writeFile(chunk)
    await handle.sync()
  } catch (error) {
    await rm(to, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  if (options.json) return writeJson({ id: file.attachmentId, name: file.name, size: file.size, file: to })
  await say(`Wrote ${file.name} to ${to}.`)
}

async function detach(title: string, attachment: string, options: PersonOptions) {
  const { vault, file } = await fileNamed(title, attachment, options)
  await vault.detach(file)
  if (options.json) return writeJson({ id: file.attachmentId, name: file.name })
  await say(`Removed ${file.name}.`)
}

async function fileNamed(title: string, attachment: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { files } = await vault.read(recordNamed(vault.records(), title).recordId)
  const found = files.filter(({ attachmentId, name, complete }) => complete && (attachmentId === attachment || name === attachment))
  const [file] = found
  if (!file) throw new AppError('not_found', `${title} has no file ${attachment}: \`claviger record get\` lists them.`)
  if (found.length > 1) throw new AppError('invalid_value', `${title} has ${found.length} files ${attachment}: give the id of one.`)
  return { vault, file }
}

/** Files that are written are for their user alone. */
async function opened(path: string, flags: 'r' | 'wx') {
  try {
    return await open(path, flags, 0o600)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') throw new AppError('not_found', `There is no ${path}.`, { cause: error })
    if (code === 'EEXIST')
      throw new AppError('conflict', `${path} is there already: nothing was written. Choose another name.`, { cause: error })
    throw new AppError('forbidden', `${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
