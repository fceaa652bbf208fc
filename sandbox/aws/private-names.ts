/** Private DNS names of endpoint services: who may use a name has first to show that it is theirs, by a TXT record. */
import type { ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { flag, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { publicTexts } from "./hosted-zones.ts";
import { owned } from "./network.ts";

const ENDPOINT_SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService";
const VERIFICATION = "aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification";

/** AWS finds a record that is there within minutes, and looks no longer than that for one that is not. */
const FOUND_AFTER = 60;
const GIVEN_UP_AFTER = 600;

/** What a name brings with it when a service gets it: the record that is to be published. @param hex at least 40 digits that look random */
export function privateNameNotes(name: string | undefined, hex: (digits: number) => string): Properties {
  if (name === undefined || name === "")
    return { privateDnsName: "", _nameRecord: "", _nameValue: "", _verifying: null };
  return { privateDnsName: name, _nameRecord: `_${hex(20)}`, _nameValue: `vpce:${hex(20)}`, _verifying: null };
}

export const privateNameOf = ({ computed }: WorldObject): string | undefined =>
  text(computed.privateDnsName) || undefined;

type NameState = "pendingVerification" | "verified" | "failed";

/** By the virtual clock, since somebody asked AWS to look. */
export function nameState(world: World, { computed }: WorldObject): NameState {
  const { _verifying: at, _verified: found } = computed;
  if (typeof at !== "number") return "pendingVerification";
  if (found === true) return world.clock >= at + FOUND_AFTER ? "verified" : "pendingVerification";
  return world.clock >= at + GIVEN_UP_AFTER ? "failed" : "pendingVerification";
}

export function nameConfigurations(world: World, service: WorldObject): Properties[] {
  if (privateNameOf(service) === undefined) return [];
  const { _nameRecord: name = "", _nameValue: value = "" } = service.computed;
  return [{ name, type: "TXT", value, state: nameState(world, service) }];
}

/** A domain speaks for those below it. The top of the tree belongs to nobody who could. */
function domainsOf(name: string): string[] {
  const labels = name.replace(/^\*\./, "").split(".");
  return labels.slice(0, -1).map((_label, index) => labels.slice(index).join("."));
}

function isPublished(world: World, service: WorldObject): boolean {
  const record = text(service.computed._nameRecord) ?? "";
  const value = text(service.computed._nameValue) ?? "";
  return domainsOf(privateNameOf(service) ?? "").some((domain) =>
    publicTexts(world, `${record}.${domain}`).includes(value),
  );
}

const verification: ResourceModel = {
  type: VERIFICATION,
  arguments: {
    serviceId: { required: true, replace: true },
    waitForVerification: { replace: true },
    timeouts: {},
  },
  computed: ["region"],
  create(inputs, context) {
    const { world, caller } = context;
    const id = text(inputs.serviceId) ?? "";
    const service = owned(
      context,
      ENDPOINT_SERVICE,
      id,
      "InvalidVpcEndpointServiceId.NotFound",
      `The VpcEndpointService Id '${id}' does not exist`,
    );
    if (privateNameOf(service) === undefined)
      throw new Refusal("InvalidParameter", `The VPC endpoint service ${id} has no private DNS name to verify`);
    const from = Math.max(caller.run.startedAt, service.readyAt);
    const published = isPublished(world, service);
    // The provider waits for the answer, so by the clock AWS looked when the wait began.
    service.computed = { ...service.computed, _verifying: from, _verified: published };
    world.changed(service);
    if (flag(inputs.waitForVerification) && !published)
      throw new Refusal(
        "InvalidState",
        `waiting for VPC Endpoint Service (${id}) private DNS name verification: unexpected state 'failed', wanted target 'verified'`,
      );
    return { id, computed: { region: caller.region } };
  },
  // Nothing in AWS goes with it.
  seconds: { create: FOUND_AFTER },
  calls: {
    create: [
      ["ec2:StartVpcEndpointServicePrivateDnsVerification", "serviceId"],
      ["ec2:DescribeVpcEndpointServiceConfigurations"],
    ],
    read: [["ec2:DescribeVpcEndpointServiceConfigurations"]],
    // How long the provider waits is nothing to AWS.
    update: { timeouts: [] },
    delete: [],
  },
};

export const privateNameModels: readonly ResourceModel[] = [verification];
