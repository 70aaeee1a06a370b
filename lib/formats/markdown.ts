/**
 * The Markdown form of an error, for agents and other clients that read text: front matter, the message, and what to
 * do.
 */
import type { ResponseContent } from '../catalog/response-content.js'
import { codeSpan, escapeMarkdown } from '../support/escape-markdown.js'
import { stringifyMeta, type TextFormat } from './format.js'

/**
 * An error as Markdown (RFC 7763), with front matter in YAML. Each value in the front matter is JSON, which is valid
 * YAML, so that no value can add another line.
 */
export const markdownFormat: TextFormat = {
  name: 'markdown',
  contentType: 'text/markdown',
  write: content =>
    `${
      [
        formatFrontMatter(content),
        `# ${escapeMarkdown(content.title)}`,
        escapeMarkdown(content.message),
        ...formatIssues(content),
        '## What to do',
        content.action
      ].join('\n\n')
    }\n`
}

function formatFrontMatter ({ code, status, retry, retryAfter, requestId, docUrl, meta }: ResponseContent): string {
  const fields = {
    code,
    status,
    retryable: retry !== 'never',
    retry_after: retryAfter,
    request_id: requestId,
    doc_url: docUrl,
    meta
  }
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${stringifyMeta(value) as string}`]
  )
  return ['---', ...lines, '---'].join('\n')
}

function formatIssues ({ issues }: ResponseContent): string[] {
  if (issues.length === 0) return []
  const lines = issues.map(({ in: location, field, code, message }) =>
    `- ${field === '' ? location : `${codeSpan(field)} (${location})`}: ${escapeMarkdown(message)} (${codeSpan(code)})`
  )
  return ['## Invalid fields', lines.join('\n')]
}
