/** What a validator does with values that do not match: conversion, defaults, removal. */
import AjvCompiler from '@fastify/ajv-compiler'
import type { FastifySchemaCompiler } from 'fastify'
import t from 'tap'
import { z } from 'zod'
import { getValidatorTraits } from '../../../lib/infer/schemas/validator-traits.js'

type Compiler = FastifySchemaCompiler<unknown>

function createCompiler (customOptions: object): Compiler {
  return AjvCompiler()({}, { customOptions }) as unknown as Compiler
}

t.test('the traits of Ajv follow its options', async t => {
  for (const [options, removesUnknown, fillsDefaults, wrapsLists] of [
    [{}, true, true, true],
    [{ removeAdditional: false }, false, true, true],
    [{ useDefaults: false }, true, false, true],
    [{ coerceTypes: true }, true, true, false],
    [{ coerceTypes: false }, true, true, false]
  ] as const) {
    t.strictSame(getValidatorTraits(createCompiler(options)), { removesUnknown, fillsDefaults, wrapsLists }, JSON.stringify(options))
  }
})

t.test('a validator is tried only once', async t => {
  let calls = 0
  const compiler = (() => { calls++; return () => true }) as unknown as Compiler
  t.strictSame([getValidatorTraits(compiler), getValidatorTraits(compiler), calls], [undefined, undefined, 1])
})

t.test('a validator that does not report keywords of JSON Schema has no traits', async t => {
  const { error } = z.object({ size: z.number() }).safeParse({})
  for (const [what, compiler] of [
    ['zod', () => () => ({ error: error?.issues })],
    ['an error that is not a list', () => () => ({ error: new Error('No.') })],
    ['a result without a report', () => () => false],
    ['a value that is always accepted', () => () => ({ value: 1 })],
    ['a result of null', () => () => null],
    ['a compiler that throws', () => { throw new TypeError('not JSON Schema') }]
  ] as const) {
    t.equal(getValidatorTraits(compiler as unknown as Compiler), undefined, what)
  }
})

t.test('a validator may return its report', async t => {
  const compiler = (() => (value: { readonly size?: unknown }) => value.size === 'x' ? { error: [{ keyword: 'type' }] } : { value }) as unknown as Compiler
  t.strictSame(getValidatorTraits(compiler), { removesUnknown: true, fillsDefaults: true, wrapsLists: true })
})
