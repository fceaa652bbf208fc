/** Service Quotas: what AWS lets an account have in a region, unless its estate says that AWS has raised it. */
import type { Context, FunctionModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { text } from "../values.ts";

const SERVICE_NAMES = {
  vpc: "Amazon Virtual Private Cloud (Amazon VPC)",
  elasticloadbalancing: "Elastic Load Balancing",
  "vpc-lattice": "Amazon VPC Lattice",
} as const;

interface Quota {
  readonly service: keyof typeof SERVICE_NAMES;
  readonly name: string;
  readonly value: number;
  readonly fixed?: true;
}

/** By code. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html and the pages of the services. */
const QUOTAS = {
  "L-29B6F2EB": { service: "vpc", name: "Interface VPC endpoints per VPC", value: 50 },
  "L-1B52E74A": { service: "vpc", name: "Gateway VPC endpoints per Region", value: 20 },
  "L-DF5E4CA3": { service: "vpc", name: "Network interfaces per Region", value: 5000 },
  "L-E79EC296": { service: "vpc", name: "VPC security groups per Region", value: 2500 },
  "L-0EA8095F": { service: "vpc", name: "Inbound or outbound rules per security group", value: 60 },
  "L-F678F1CE": { service: "vpc", name: "VPCs per Region", value: 5 },
  "L-69A177A2": { service: "elasticloadbalancing", name: "Network Load Balancers per Region", value: 50 },
  "L-53DA6B97": { service: "elasticloadbalancing", name: "Application Load Balancers per Region", value: 50 },
  "L-57A373D6": {
    service: "elasticloadbalancing",
    name: "Listeners per Network Load Balancer",
    value: 50,
    fixed: true,
  },
  "L-B22855CB": { service: "elasticloadbalancing", name: "Target Groups per Region", value: 3000 },
  "L-0DCA4434": { service: "vpc-lattice", name: "Resource gateways per VPC", value: 500 },
  "L-5FF8F9B9": { service: "vpc-lattice", name: "Resource configurations per AWS Region", value: 2000 },
  "L-9BC96FEF": {
    service: "vpc-lattice",
    name: "Child Resource Configurations per Group Resource Configuration",
    value: 60,
  },
  "L-6095700C": { service: "vpc-lattice", name: "Resource Configurations per service network", value: 500 },
  "L-9CAD07FB": { service: "vpc-lattice", name: "Service networks per region", value: 50 },
} as const satisfies Readonly<Record<string, Quota>>;

type QuotaCode = keyof typeof QUOTAS;

/** Why an estate cannot say so; undefined where it can. */
export function raisedQuotaFault(code: string, value: number): string | undefined {
  const quota = (QUOTAS as Readonly<Record<string, Quota>>)[code];
  if (!quota) return `the sandbox knows no quota ${code}, only ${Object.keys(QUOTAS).join(", ")}`;
  if (quota.fixed) return `AWS raises "${quota.name}" for nobody`;
  return value < quota.value ? `"${quota.name}" is ${quota.value} for everybody` : undefined;
}

/** What AWS lets the caller's account have. */
export const quota = ({ world, caller }: Context, code: QuotaCode): number =>
  world.facts.quotas?.[caller.account]?.[code] ?? QUOTAS[code].value;

const getServiceQuota: FunctionModel = {
  token: "aws:servicequotas/getServiceQuota:getServiceQuota",
  arguments: ["quotaCode", "serviceCode", "region"],
  calls: [["servicequotas:GetServiceQuota"], ["servicequotas:GetAWSDefaultServiceQuota"]],
  call({ quotaCode, serviceCode }, context) {
    const code = text(quotaCode) ?? "";
    const known = (QUOTAS as Readonly<Record<string, Quota>>)[code];
    if (!known || known.service !== serviceCode)
      throw new Refusal("NoSuchResourceException", "The request failed because the specified quota does not exist.");
    const { region, account } = context.caller;
    const id = `arn:aws:servicequotas:${region}:${account}:${known.service}/${code}`;
    return {
      id,
      arn: id,
      adjustable: known.fixed !== true,
      defaultValue: known.value,
      globalQuota: false,
      quotaCode: code,
      quotaName: known.name,
      region,
      serviceCode: known.service,
      serviceName: SERVICE_NAMES[known.service],
      usageMetrics: [],
      value: quota(context, code as QuotaCode),
    };
  },
};

export const quotaLookups: readonly FunctionModel[] = [getServiceQuota];
