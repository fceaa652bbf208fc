/** What a Deployment says of its pods. */
import { type Plain, type ResourceRecord, UNKNOWN, argument, fields, list } from "./resource-record.ts";

type Described = Pick<ResourceRecord, "inputs" | "outputs">;

export const specOf = (record: Described) => fields(argument(record, "spec"));
export const podSpec = (deployment: Described) => fields(fields(specOf(deployment).template).spec);

/** What a variable of its containers holds in clear. */
export function valueOf(deployment: Described, variable: string): Plain | undefined {
  const containers = list(podSpec(deployment).containers);
  const all =
    containers === UNKNOWN
      ? []
      : containers.flatMap((container) => {
          const env = list(fields(container).env);
          return env === UNKNOWN ? [] : env.map(fields);
        });
  return all.find(({ name }) => name === variable)?.value ?? (containers === UNKNOWN ? UNKNOWN : undefined);
}
