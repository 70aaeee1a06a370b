/** Writes the generated parts of the pages in this folder anew: `npm run docs`. */
import { writeFileSync } from 'node:fs'
import { folder, pages } from './pages.js'

for (const { file, fresh } of pages()) writeFileSync(folder + file, fresh)
