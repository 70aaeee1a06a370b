/** The URLs of the pages in the tests of this folder. */
import type { Site } from '../../lib/reference/render/site.js'

export const site: Site = {
  origin: 'https://api.example.com',
  index: '/errors',
  fields: '/errors#fields',
  changelog: { page: '/errors/changelog', markdown: '/errors/changelog.md', alternates: [] },
  page: code => `/errors/${code}`,
  markdown: (code = 'index') => `/errors/${code}.md`,
  asset: name => `/errors/${name}`,
  resolve: url => url,
  alternates: () => []
}
