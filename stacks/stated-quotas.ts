import * as aws from "@pulumi/aws";
import type { StackProblem } from "../model/problem.ts";
import { QUOTAS, QUOTA_NAMES, type Quota, type StatedQuotas, quotaInWords } from "../model/quotas.ts";
import { asSoonAsAllowed, found } from "./lookup.ts";

/** Quotas that are stated higher than AWS has raised them: where all files count on them, AWS would refuse half-way. Costs nothing where none is stated. */
export async function statedQuotaProblems(
  stack: string,
  account: string,
  quotas: StatedQuotas,
): Promise<StackProblem[]> {
  const own = Object.hasOwn(quotas, account) ? quotas[account] : undefined;
  const checks = QUOTA_NAMES.map(async (name): Promise<StackProblem[]> => {
    const [stated, { at }] = [own?.[name], QUOTAS[name] as Quota];
    if (stated === undefined || !at) return [];
    const actual = await asSoonAsAllowed(quotaInWords(name), async () => ({
      quota: await found(aws.servicequotas.getServiceQuota({ serviceCode: at.service, quotaCode: at.code })),
    }));
    const value = actual?.quota?.value;
    if (value === undefined || value >= stated) return [];
    return [
      {
        stack,
        property: `quotas.${account}.${name} of environments/environments.yaml`,
        given: String(stated),
        allowed: `at most ${value}, to which AWS has raised ${quotaInWords(name)}`,
        wayOut: "Ask AWS to raise it and wait until it has, or state what it has granted.",
      },
    ];
  });
  return (await Promise.all(checks)).flat();
}
