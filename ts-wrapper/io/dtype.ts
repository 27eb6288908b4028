/** The element types of safetensors, by the names the format uses. */
export const dtypes = {
  BOOL: { bits: 8 },
  F32: { bits: 32 },
  F16: { bits: 16 },
  BF16: { bits: 16 },
} as const;

export type Dtype = keyof typeof dtypes;
