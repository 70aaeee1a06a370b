/** Loads the source of the application into the compiler, and finds the function at a position in a file. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type {
  Node,
  Program,
  SourceFile,
  TypeChecker,
  FunctionLikeDeclaration,
  ClassLikeDeclaration,
  CompilerHost,
  CompilerOptions
} from 'typescript'
import type { Place } from './inspector.js'
import type { TypeScript } from './typescript.js'

/** The source of an application. */
export interface Project {
  readonly ts: TypeScript
  readonly program: Program
  readonly checker: TypeChecker
  /** The folder to which paths in reports are relative. */
  readonly root: string
  /** Returns whether a file belongs to the application. Declaration files and files of packages do not. */
  readonly owns: (file: SourceFile) => boolean
  readonly fileAt: (path: string) => SourceFile | undefined
  /** Returns the function or class at a position. */
  readonly nodeAt: (place: Place, isClass: boolean) => FunctionNode | ClassLikeDeclaration | undefined
  /** Returns the file and line of a node for the report. */
  readonly getSite: (node: Node) => Site
}

/** A function with a body. */
export type FunctionNode = FunctionLikeDeclaration

/** A line of the application. */
export interface Site {
  readonly file: string
  readonly line: number
}

/**
 * Opens the source of an application.
 *
 * @param root the folder to which paths in reports are relative
 * @param files the files that were loaded
 */
export function openProject (ts: TypeScript, root: string, files: readonly string[]): Project {
  const { options, declarations } = readConfig(ts, root, files)
  const compilerOptions: CompilerOptions = {
    ...options,
    allowJs: true,
    checkJs: false,
    noEmit: true,
    skipLibCheck: true,
    skipDefaultLibCheck: true,
    maxNodeModuleJsDepth: 0,
    composite: false,
    incremental: false,
    declaration: false,
    noLib: false
  }
  const program = ts.createProgram({
    rootNames: [...files, ...declarations],
    options: compilerOptions,
    host: createHost(ts, compilerOptions)
  })
  const nodes = new Map<SourceFile, readonly (FunctionNode | ClassLikeDeclaration)[]>()

  function listNodes (file: SourceFile): readonly (FunctionNode | ClassLikeDeclaration)[] {
    let found = nodes.get(file)
    if (found === undefined) nodes.set(file, found = collectNodes(ts, file))
    return found
  }

  return {
    ts,
    program,
    checker: program.getTypeChecker(),
    root,
    owns: file => !file.isDeclarationFile && getPackageName(file.fileName) === undefined,
    fileAt: path =>
      program.getSourceFile(path) ?? (existsSync(path) ? program.getSourceFile(realpathSync(path)) : undefined),
    nodeAt (place, isClass) {
      const file = this.fileAt(place.file)
      if (file === undefined) return undefined
      const lines = file.getLineStarts()
      const at = (lines[Math.min(place.line, lines.length - 1)] as number) + place.column
      return isClass ? classAt(ts, listNodes(file), at) : functionAt(ts, listNodes(file), at)
    },
    getSite (node) {
      const file = node.getSourceFile()
      return {
        file: relative(root, file.fileName),
        line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
      }
    }
  }
}

/**
 * Returns a host that skips the comments of declaration files. They are most of the content of @types/node and contain
 * no types.
 */
function createHost (ts: TypeScript, options: CompilerOptions): CompilerHost {
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  host.getSourceFile = (fileName, languageVersionOrOptions, ...others) =>
    getSourceFile.call(host, fileName, {
      ...(typeof languageVersionOrOptions === 'object'
        ? languageVersionOrOptions
        : { languageVersion: languageVersionOrOptions }),
      ...(/\.d\.[cm]?ts$/.test(fileName) && { jsDocParsingMode: ts.JSDocParsingMode.ParseNone })
    }, ...others)
  return host
}

/** The folder of this package's code. */
const ownFolder = `${resolve(import.meta.dirname, '..')}/`

/** Returns whether a path leads into an installed package. */
export function isOfPackage (path: string): boolean {
  return getPackageName(path) !== undefined
}

/** Returns the package of a file. `undefined` for a file of the application. */
export function getPackageName (path: string): string | undefined {
  if (path.startsWith(ownFolder)) return 'fastify-api-errors'
  return /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
}

function readConfig (
  ts: TypeScript,
  root: string,
  files: readonly string[]
): { readonly options: CompilerOptions, readonly declarations: readonly string[] } {
  const path = [root, ...files.map(file => dirname(file))].map(folder => ts.findConfigFile(folder, ts.sys.fileExists))
    .find(found => found !== undefined && !isOfPackage(found))
  const defaults: CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true
  }
  if (path === undefined) return { options: defaults, declarations: [] }
  const parsed = ts.getParsedCommandLineOfConfigFile(path, {}, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: () => {}
  })
  const options = parsed?.options ?? defaults
  return {
    options: options.module === undefined && options.moduleResolution === undefined
      ? { ...defaults, ...options }
      : options,
    declarations: (parsed?.fileNames ?? []).filter(name => name.endsWith('.d.ts') || declaresModule(ts, name))
  }
}

/** Returns whether a file adds types to a module. No line of the application has to import it. */
function declaresModule (ts: TypeScript, name: string): boolean {
  return /\.[cm]?tsx?$/.test(name) && /\bdeclare (module|global)\b/.test(String(ts.sys.readFile(name)))
}

function collectNodes (ts: TypeScript, file: SourceFile): readonly (FunctionNode | ClassLikeDeclaration)[] {
  const found: (FunctionNode | ClassLikeDeclaration)[] = []
  const visit = (node: Node): void => {
    if (isFunctionNode(ts, node) || ts.isClassLike(node)) found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** Returns whether a node is a function with a body. */
export function isFunctionNode (ts: TypeScript, node: Node): node is FunctionNode {
  return (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) || ts.isAccessor(node)) && node.body !== undefined
}

/** Returns the innermost function whose head contains a position. A function starts at its name or its parameters. */
function functionAt (
  ts: TypeScript,
  nodes: readonly (FunctionNode | ClassLikeDeclaration)[],
  at: number
): FunctionNode | undefined {
  let best: FunctionNode | undefined
  for (const node of nodes) {
    if (ts.isClassLike(node) || node.pos > at || node.end < at) continue
    const start = node.getStart()
    const inHead = start <= at && at <= (node.body as Node).getStart()
    if (inHead && (best === undefined || start >= best.getStart())) best = node
  }
  return best
}

function classAt (
  ts: TypeScript,
  nodes: readonly (FunctionNode | ClassLikeDeclaration)[],
  at: number
): ClassLikeDeclaration | undefined {
  let best: ClassLikeDeclaration | undefined
  for (const node of nodes) {
    if (!ts.isClassLike(node) || node.pos > at || node.end < at) continue
    if (best === undefined || node.pos >= best.pos) best = node
  }
  return best
}
