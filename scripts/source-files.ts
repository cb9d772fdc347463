import { readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { type Node, type NoSubstitutionTemplateLiteral, type SourceFile, type StringLiteral, SyntaxKind } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isElementAccessExpression,
  isIdentifier,
  isImportDeclaration,
  isNamedImports,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
} from 'typescript/unstable/ast/is'
import { API } from 'typescript/unstable/sync'

/** Something in a file that a rule may be about, with the line it stands on, from 1. */
export interface Place {
  text: string
  line: number
}

/** An import, an export from, a dynamic import or an import in a type. */
export interface Import extends Place {
  /** The file it leads to, as in `SourceFile.path`; undefined where it leads out of the project's sources. */
  target: string | undefined
  /** What is imported by name. */
  names: string[]
}

/** What the rules look at in one file. */
export interface Source {
  /** From the project's root, with slashes. */
  path: string
  imports: Import[]
  /** Each reading of `process.env`. */
  environment: Place[]
  /** Literal texts, of templates their first part. */
  texts: Place[]
  /** Names of methods that are called: `transaction` of `db.transaction()`. */
  calls: Place[]
}

/** Reads the sources of the project at `root` with TypeScript's own parser: the files that its tsconfig.json includes. */
export function readSources(root: string): Source[] {
  const api = new API({ cwd: root })
  try {
    const config = join(root, 'tsconfig.json')
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (!project) throw new Error(`TypeScript finds no project at ${config}`)
    return sourcePaths(root).flatMap((path) => {
      const file = project.program.getSourceFile(join(root, path))
      return file ? [readSource(path, file)] : []
    })
  } finally {
    api.close()
  }
}

function sourcePaths(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted()
}

function readSource(path: string, file: SourceFile): Source {
  const source: Source = { path, imports: [], environment: [], texts: [], calls: [] }
  const place = (node: Node, text: string): Place => ({ text, line: lineOf(file, node) })
  for (const specifier of file.imports) {
    if (isText(specifier)) source.imports.push({ ...place(specifier, specifier.text), ...readImport(path, specifier.text, specifier) })
  }
  const visit = (node: Node): void => {
    if (isText(node)) source.texts.push(place(node, node.text))
    if (node.kind === SyntaxKind.TemplateHead) source.texts.push(place(node, node.getText(file).slice(1, -2)))
    if (isEnvironment(node)) source.environment.push(place(node, 'process.env'))
    if (isCallExpression(node) && isPropertyAccessExpression(node.expression)) source.calls.push(place(node, node.expression.name.text))
    node.forEachChild(visit)
  }
  visit(file)
  return source
}

function readImport(path: string, specifier: string, node: Node): Omit<Import, keyof Place> {
  const target = specifier.startsWith('.') ? join(dirname(path), specifier).split(sep).join('/') : undefined
  const declaration = node.parent
  const bindings = isImportDeclaration(declaration) ? declaration.importClause?.namedBindings : undefined
  const elements = bindings !== undefined && isNamedImports(bindings) ? [...bindings.elements] : []
  return { target, names: elements.map((element) => (element.propertyName ?? element.name).text) }
}

/** `process.env` or `process['env']`. */
function isEnvironment(node: Node) {
  if (!isPropertyAccessExpression(node) && !isElementAccessExpression(node)) return false
  const name = isPropertyAccessExpression(node) ? node.name : node.argumentExpression
  return isIdentifier(node.expression) && node.expression.text === 'process' && (isIdentifier(name) || isText(name)) && name.text === 'env'
}

function isText(node: Node): node is StringLiteral | NoSubstitutionTemplateLiteral {
  return isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)
}

function lineOf(file: SourceFile, node: Node) {
  return file.text.slice(0, node.getStart(file)).split('\n').length
}
