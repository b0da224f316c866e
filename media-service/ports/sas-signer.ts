/** Signs for stored access policies that exist already. */
export interface SasSigner {
  /** The signed query of a stored access policy, beginning with `?`; equal for as long as the key is. */
  signedQuery(container: string, policyName: string): string;
}
