/** The builders of TypeBox that this package uses. `Type` of TypeBox would add all other builders to the bundle. */
import {
  Array,
  Boolean,
  Integer,
  Literal,
  Null,
  Object,
  Optional,
  Record,
  String,
  Union,
  Unknown,
  Unsafe,
  type Type as TypeBox
} from '@sinclair/typebox'

type Builders = Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'
>

/** Creates JSON Schemas. Each method is also a method of TypeBox's `Type`. */
export const Type: Builders = {
  Array,
  Boolean,
  Integer,
  Literal,
  Null,
  Object,
  Optional,
  Record,
  String,
  Union,
  Unknown,
  Unsafe
}
