/**
 * Compares the public types of the package with the committed reports in api/: `npm run check:api`. With `--write` it
 * rewrites the reports: `npm run api`. Both need `npm run build` first.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

const root = fileURLToPath(new URL('..', import.meta.url))
const isWriting = process.argv.includes('--write')

/** The entries of the package that have types, by the name of their report. */
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { readonly types: string }>
}
const entries = Object.entries(exports).flatMap(([path, target]) =>
  typeof target === 'string' ? [] : [[path === '.' ? 'index' : path.slice(2).replace('/', '-'), target.types] as const]
)

function checkReport (name: string, types: string): boolean {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(root, 'tsconfig.build.json'), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(root, 'api'),
        reportTempFolder: join(root, '.tap/api'),
        includeForgottenExports: true
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } }
      }
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json')
  })
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: isWriting,
    messageCallback: message => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error
    }
  })
  return !apiReportChanged || isWriting
}

const stale = entries.filter(([name, types]) => !checkReport(name, types)).map(([name]) => `api/${name}.api.md`)
if (stale.length > 0) {
  console.error(
    `The public types differ from ${stale.join(', ')}. If the change is intended, run 'npm run api', add it to CHANGELOG.md, and commit both.`
  )
  process.exitCode = 1
}
