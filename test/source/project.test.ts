/** The source files of an application, and the functions in them. */
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { isOfPackage, openProject, getPackageName, type Project } from '../../lib/source/project.js'
import { root } from './infer-fixtures.js'

const source = `/** Says hello. */
export function outer (name: string) { return [name].map(item => item + '!') }
export class Queue {
  static readonly limit = 10
  join () { return class Entry {} }
}
const loose: any = outer
export default loose
`

t.test('a file belongs to a package if it is below node_modules, or is a file of this package', async t => {
  for (const [path, name] of [
    ['/app/node_modules/pg/lib/client.js', 'pg'],
    ['/app/node_modules/@fastify/jwt/jwt.js', '@fastify/jwt'],
    ['/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js', 'pg'],
    [`${root}/lib/plugin.ts`, 'fastify-api-errors'],
    ['/app/src/node_modules.ts', undefined]
  ] as const) {
    t.equal(getPackageName(path), name, path)
    t.equal(isOfPackage(path), name !== undefined, path)
  }
})

/** Opens a folder with one file, and with the configuration of the compiler if it is given. */
function open (t: { testdir: (files: Record<string, string>) => string }, config?: string): { readonly project: Project, readonly file: string, readonly folder: string } {
  const folder = t.testdir({ 'app.ts': source, 'types.d.ts': 'declare const version: string', 'augment.ts': "declare module 'x' {}\nexport {}", ...config !== undefined && { 'tsconfig.json': config } })
  const file = join(folder, 'app.ts')
  return { project: openProject(ts, folder, [file]), file, folder }
}

t.test('the innermost function or class at a position is found, and its line', async t => {
  const { project, file } = open(t)
  const find = (text: string, isClass = false): string | undefined => {
    const line = source.split('\n').findIndex(line => line.includes(text))
    const node = project.nodeAt({ file, line, column: (source.split('\n')[line] as string).indexOf(text) }, isClass)
    return node && `${node.getText().slice(0, 12)} ${project.getSite(node).file}:${project.getSite(node).line}`
  }
  t.equal(find('(name: string)'), 'export funct app.ts:2')
  t.equal(find('item => item'), 'item => item app.ts:2')
  t.equal(find('join ()'), 'join () { re app.ts:5')
  t.equal(find('class Queue', true), 'export class app.ts:3')
  t.equal(find('class Entry', true), 'class Entry  app.ts:5')
  t.equal(find('static readonly'), undefined)
  t.equal(project.nodeAt({ file, line: 1000, column: 0 }, false), undefined, 'a line after the end of the file')
  t.equal(project.nodeAt({ file: join(root, 'no-such-file.ts'), line: 0, column: 0 }, false), undefined)
})

t.test('the files of the application are its own, and declarations are not', async t => {
  const { project, file, folder } = open(t, '{ "compilerOptions": { "module": "nodenext", "strict": true }, "include": ["*.ts"] }')
  t.equal(project.owns(project.fileAt(file) as ts.SourceFile), true)
  t.equal(project.owns(project.fileAt(join(folder, 'types.d.ts')) as ts.SourceFile), false, 'the declarations of the configuration are loaded')
  t.equal(project.owns(project.fileAt(join(folder, 'augment.ts')) as ts.SourceFile), true, 'a file that adds types to a module is loaded')
  t.equal(project.fileAt(join(folder, 'other.ts')), undefined)
})

t.test('the options come from tsconfig.json; without one, or if it cannot be read, they have defaults', async t => {
  const options = (config?: string): (string | undefined)[] => {
    const { target, module, strict } = open(t, config).project.program.getCompilerOptions()
    return [ts.ScriptTarget[target as number], ts.ModuleKind[module as number], String(strict)]
  }
  t.strictSame(options('{ "compilerOptions": { "target": "es2020", "module": "commonjs", "strict": false } }'), ['ES2020', 'CommonJS', 'false'])
  t.strictSame(options('{ "compilerOptions": { "target": "es2020" } }'), ['ES2020', 'NodeNext', 'true'], 'a target alone')
})
