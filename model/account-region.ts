/** Where in AWS something stands: what ARNs and policies name. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
}
