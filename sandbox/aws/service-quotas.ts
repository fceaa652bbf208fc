/** Service Quotas, as far as VPC Lattice has them: AWS's defaults, and what it has set for an account instead. */
import type { Context, FunctionModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { text } from "../values.ts";
import { arn } from "./network.ts";

interface Quota {
  readonly name: string;
  readonly value: number;
}

/** https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html */
const LATTICE: Readonly<Record<string, Quota>> = {
  "L-0DCA4434": { name: "Resource gateways per VPC", value: 500 },
  "L-5FF8F9B9": { name: "Resource configurations per AWS Region", value: 2000 },
  "L-9BC96FEF": { name: "Child Resource Configurations per Group Resource Configuration", value: 60 },
  "L-6095700C": { name: "Resource Configurations per service network", value: 500 },
  "L-9CAD07FB": { name: "Service networks per region", value: 50 },
};

export const QUOTA = {
  gatewaysPerVpc: "L-0DCA4434",
  configurations: "L-5FF8F9B9",
  children: "L-9BC96FEF",
  resourcesPerNetwork: "L-6095700C",
  networks: "L-9CAD07FB",
} as const;

/** What AWS lets the caller's account have. */
export const quotaOf = ({ world, caller }: Context, code: string): number =>
  world.facts.quotas?.[caller.account]?.[code] ?? LATTICE[code]?.value ?? 0;

const getServiceQuota: FunctionModel = {
  token: "aws:servicequotas/getServiceQuota:getServiceQuota",
  arguments: ["quotaCode", "serviceCode", "region"],
  calls: [["servicequotas:GetServiceQuota"], ["servicequotas:GetAWSDefaultServiceQuota"]],
  call({ quotaCode, serviceCode }, context) {
    const code = text(quotaCode) ?? "";
    const quota = serviceCode === "vpc-lattice" ? LATTICE[code] : undefined;
    if (!quota) throw new Refusal("SandboxUnsupported", `the sandbox does not know the quota ${code} of this service`);
    const own = arn("servicequotas", context.caller, `vpc-lattice/${code}`).replace(":vpc-lattice", "/vpc-lattice");
    return {
      adjustable: true,
      arn: own,
      defaultValue: quota.value,
      globalQuota: false,
      id: own,
      quotaCode: code,
      quotaName: quota.name,
      region: context.caller.region,
      serviceCode: "vpc-lattice",
      serviceName: "Amazon VPC Lattice",
      usageMetrics: [],
      value: quotaOf(context, code),
    };
  },
};

export const quotaLookups: readonly FunctionModel[] = [getServiceQuota];
