/** The types of the package have only the declarations that its entries need. */
import { join } from 'node:path'
import t from 'tap'
import { selectTypes } from '../../scripts/select-types.js'

t.test('declarations and imports that no export needs are omitted, and import attributes and export {} are kept', t => {
  const folder = t.testdir({
    'index.d.ts': "export { create } from './create.js';\n",
    'create.d.ts': [
      "import type { Server, Socket } from 'node:net' with { 'resolution-mode': 'require' };",
      "import { Unused } from './unused.js';",
      'type Name = string;',
      'type Other = number;',
      'export declare function create(name: Name): Server;',
      'export declare function destroy(socket: Socket, other: Other): Unused;',
      'export {};'
    ].join('\n'),
    'unused.d.ts': 'export interface Unused {}\n'
  })
  t.strictSame(Object.fromEntries(selectTypes([join(folder, 'index.d.ts')], folder)), {
    [join(folder, 'index.d.ts')]: "export { create } from './create.js';\n",
    [join(folder, 'create.d.ts')]: [
      "import type { Server } from 'node:net' with { 'resolution-mode': 'require' };",
      'type Name = string;',
      'export declare function create(name: Name): Server;',
      'export {};\n'
    ].join('\n')
  })
  t.end()
})
