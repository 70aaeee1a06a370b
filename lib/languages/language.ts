/** The types of a language: the tables of its sentences and phrases. */
import type { FormatTexts } from '../catalog/response-content.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { MetaOfFactory } from '../catalog/definition.js'
import type { IssueCode, IssueParams } from '../catalog/issues.js'
import type { MessageName, PhraseName } from '../catalog/specific-messages.js'
import type { standardErrors } from '../catalog/standard-errors.js'

/** A sentence, or a function of the error's `meta` that returns it. */
export type Sentence<Meta = any> = string | ((meta: Meta) => string)

/**
 * A phrase that completes a sentence after the name of a field, or a function that returns it.
 *
 * @param params the parameters of the failed keyword, with Ajv's names, such as `limit`. `allowedValue` and
 * `allowedValues` are JSON, separated by commas. A parameter is absent if it is unknown
 * @param field the path of the field
 */
export type Phrase = string | ((params: IssueParams, field: string) => string)

/** The texts of responses in one language. The catalog can have any codes. */
export interface AnyLanguage {
  /** The message of each code. */
  readonly errors: Readonly<Record<string, Sentence>>
  /**
   * The message of each issue code. `format` is the message of formats that are not listed, and `invalid` that of
   * keywords that are not listed. To list a format or a keyword, use its issue code, such as `date_time`.
   */
  readonly issues: Readonly<Record<IssueCode | 'format', Phrase>> & Readonly<Record<string, Phrase>>
  /** The package's messages that are more specific than the message of their code. @default the message of the code */
  readonly messages?: Readonly<Partial<Record<MessageName | PhraseName, string>>>
  /**
   * The titles of codes, in the format `problem` and in Markdown. @default the message, without the period; if it is a
   * function, the title in the default language
   */
  readonly titles?: Readonly<Record<string, string>>
  /** The texts of formats. */
  readonly formats?: FormatTexts
}

/**
 * The texts of responses in one language. `Language` requires a sentence for each standard code, and
 * `Language<typeof errors>` for each code of a catalog.
 *
 * @example const german: Language<typeof errors> = { ...de, errors: { ...de.errors, already_in_queue: 'Sie sind bereits
 * in dieser Warteschlange.' } }
 */
export interface Language<Errors extends AnyCatalog = typeof standardErrors> extends AnyLanguage {
  readonly errors: { readonly [Code in keyof Errors]: Sentence<MetaOfFactory<Errors[Code]>> }
}

/** The option `languages`: the default language, and the languages by their tags (RFC 5646). */
export interface Languages {
  /** The language of responses to requests that accept none of the others, and of the messages of the catalog. */
  readonly default: string
  readonly [tag: string]: string | AnyLanguage
}
