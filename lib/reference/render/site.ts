/** Where the pages of a reference are, and where the API is: what a page needs to know beside its subject. */
export interface Site {
  /** The API's scheme and host, for the commands that are shown: `https://api.example.com`. */
  readonly origin: string
  /** The address of the index. */
  readonly index: string
  /** The address of the page of a code. */
  readonly page: (code: string) => string
  /** The address of a file that belongs to the pages: a style sheet, a script, an icon. */
  readonly asset: (name: string) => string
  /** The other forms of the page of a code, or without one of the index, where they have an address of their own. */
  readonly alternates: (code?: string) => ReadonlyArray<{ readonly name: string, readonly href: string }>
}
