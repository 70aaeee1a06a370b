/** The packages of this folder that the configuration of ESLint uses. */
export { default as css } from '@eslint/css'
export { default as neostandard, plugins } from 'neostandard'
