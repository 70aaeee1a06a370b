/** The URLs that the pages of a reference contain. */

/** The URLs of the pages of a reference and of the API. */
export interface Site {
  /** Scheme and host of the API, for the commands on the pages: `https://api.example.com`. */
  readonly origin: string
  /** The URL of the index. */
  readonly index: string
  /** Returns the URL of a code's page. */
  readonly page: (code: string) => string
  /** Returns the URL of a code's page in Markdown, or of the index if there is no code. */
  readonly markdown: (code?: string) => string
  /** Returns the URL of a file that the pages load: the style sheet, the script or the icon. */
  readonly asset: (name: string) => string
  /** Returns the URLs of the other forms of a page, or of the index if there is no code. Empty if all forms share one URL. */
  readonly alternates: (code?: string) => ReadonlyArray<{ readonly name: string, readonly href: string }>
}
