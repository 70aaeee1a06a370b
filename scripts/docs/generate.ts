/** Updates the generated parts of the pages and the generated files: `npm run docs`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pages, root } from './pages.js'

for (const { file, fresh } of pages()) writeFileSync(join(root, file), fresh)
