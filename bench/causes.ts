/** Why a target is missed where it is, as the profiles show it; by what was measured. */
export const causes: Readonly<Record<string, string>> = {}
