/**
 * Fails if package.json has no `repository`, before the package is published. npm derives the home page and the issue
 * tracker from it, and npmjs.com resolves the links of the README with it.
 */
import { readFileSync } from 'node:fs'

const { repository } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly repository?: string | { readonly url?: string }
}

if (
  !/^(github:|git\+https:\/\/github\.com\/)[\w.-]+\/[\w.-]+$/.test(
    String(typeof repository === 'object' ? repository.url : repository)
  )
) {
  const received = repository === undefined ? 'nothing' : JSON.stringify(repository)
  console.error(
    `package.json: repository: expected 'github:OWNER/NAME', got ${received}. Set it with 'npm pkg set repository=github:OWNER/NAME'.`
  )
  process.exitCode = 1
}
