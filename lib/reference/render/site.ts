/** The URLs that the pages of a reference contain. */

/** The URLs of the pages of a reference and of the API. */
export interface Site {
  /** The scheme and host of the API, such as `https://api.example.com`. The requests on the pages use it. */
  readonly origin: string
  /** The URL of the index. */
  readonly index: string
  /** The URL of the fields that every body can have. */
  readonly fields: string
  /** The URLs of the page with the changes. */
  readonly changelog: {
    readonly page: string,
    readonly markdown: string,
    readonly alternates: ReturnType<Site['alternates']>
  }
  /** The URL of the page with the errors that the API sends. Absent if pages do not link to it. */
  readonly live?: string
  /** Returns the URL of a code's page. */
  readonly page: (code: string) => string
  /** Returns the URL of a code's page in Markdown, or of the index if there is no code. */
  readonly markdown: (code?: string) => string
  /** Returns the URL of a file that the pages load: the style sheet, the script or the icon. */
  readonly asset: (name: string) => string
  /** Returns the URL of an operation or an image, which can be a path of the API. */
  readonly resolve: (url: string) => string
  /**
   * Returns the URLs of the other forms of a page, or of the index if there is no code. Empty if all forms share one
   * URL.
   */
  readonly alternates: (code?: string) => ReadonlyArray<{ readonly name: string, readonly href: string }>
}
