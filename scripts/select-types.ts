/**
 * Selects the declarations that the types of the entries of a package need. The other declarations of a module are
 * internal.
 */
import ts from 'typescript'

/**
 * Returns the content of the declaration files that entries need, by path. It has only the declarations that the
 * exports of the entries refer to, and all declarations about other modules.
 *
 * @param entries the declaration files of the entries
 * @param folder the folder with all declaration files of the package
 */
export function selectTypes (entries: readonly string[], folder: string): Map<string, string> {
  const program = ts.createProgram(entries, { module: ts.ModuleKind.NodeNext, skipLibCheck: true, types: [] })
  const checker = program.getTypeChecker()
  const files = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${folder}/`))
  const needed = new Set<ts.Statement>()
  const usedNames = new Map<ts.SourceFile, Set<string>>(files.map(file => [file, new Set()]))

  const needStatement = (statement: ts.Statement): void => {
    if (needed.has(statement)) return
    needed.add(statement)
    visit(statement)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      usedNames.get(node.getSourceFile())?.add(node.text)
      const symbol = checker.getSymbolAtLocation(node)
      if (symbol !== undefined) needSymbol(symbol)
    }
    ts.forEachChild(node, visit)
  }
  const needSymbol = (symbol: ts.Symbol): void => {
    for (const declaration of symbol.declarations ?? []) {
      const statement = findStatement(declaration)
      if (statement !== undefined && !ts.isImportDeclaration(statement) && usedNames.has(statement.getSourceFile())) {
        needStatement(statement)
      }
    }
    // An alias can lead to another export, such as `export default`, which is needed as well.
    const next = symbol.flags & ts.SymbolFlags.Alias ? checker.getImmediateAliasedSymbol(symbol) : undefined
    if (next !== undefined) needSymbol(next)
  }

  for (const file of files) {
    const isEntry = entries.includes(file.fileName)
    for (const statement of file.statements) {
      if (ts.isModuleDeclaration(statement) || (isEntry && ts.isExportDeclaration(statement))) needStatement(statement)
      else if (
        isEntry && ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      ) needStatement(statement)
    }
  }
  return new Map(files.flatMap(file => {
    const isNeeded = file.statements.some(statement => needed.has(statement))
    return isNeeded
      ? [[file.fileName, printFile(file, needed, usedNames.get(file) as ReadonlySet<string>)] as const]
      : []
  }))
}

/** Returns the statement of a module that contains a declaration. */
function findStatement (declaration: ts.Node): ts.Statement | undefined {
  let node = declaration
  while (node.parent !== undefined && !ts.isSourceFile(node.parent)) node = node.parent
  return ts.isSourceFile(node) ? undefined : node as ts.Statement
}

function printFile (file: ts.SourceFile, needed: ReadonlySet<ts.Statement>, names: ReadonlySet<string>): string {
  const text = file.getFullText()
  return `${
    file.statements.flatMap(statement => {
      if (ts.isImportDeclaration(statement)) return printImport(statement, file, names)
      return needed.has(statement) || isEmptyExport(statement)
        ? [text.slice(statement.getFullStart(), statement.getEnd()).trim()]
        : []
    }).join('\n')
  }\n`
}

/** Returns whether a statement is `export {}`. Without it, all declarations of a file count as exported. */
function isEmptyExport (statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause) && statement.exportClause.elements.length === 0
}

/** Returns an import with the names that are used. An import without names has an effect, so it stays. */
function printImport (statement: ts.ImportDeclaration, file: ts.SourceFile, names: ReadonlySet<string>): string[] {
  const { importClause, moduleSpecifier } = statement
  const bindings = importClause?.namedBindings
  if (importClause === undefined) return [statement.getText(file)]
  const isDefaultUsed = importClause.name !== undefined && names.has(importClause.name.text)
  if (bindings === undefined || ts.isNamespaceImport(bindings)) {
    return isDefaultUsed || (bindings !== undefined && names.has(bindings.name.text)) ? [statement.getText(file)] : []
  }
  const used = bindings.elements.filter(({ name }) => names.has(name.text)).map(element => element.getText(file))
  if (used.length === 0 && !isDefaultUsed) return []
  const type = importClause.isTypeOnly ? 'type ' : ''
  const clauses = [
    ...isDefaultUsed ? [importClause.name?.text] : [],
    ...used.length > 0 ? [`{ ${used.join(', ')} }`] : []
  ]
  // Without its attributes, an import of the types for CommonJS would be one of the types for ES modules.
  const attributes = statement.attributes === undefined ? '' : ` ${statement.attributes.getText(file)}`
  return [`import ${type}${clauses.join(', ')} from ${moduleSpecifier.getText(file)}${attributes};`]
}
