/** Stack data.demo in a clone of its own, with the network it stands in. */
import assert from "node:assert/strict";
import type { DataOutputs } from "../../../stacks/data/index.ts";
import { Scratch } from "./scratch.ts";

export const FILE = "environments/Pulumi.data.demo.yaml";
export const STACK = "data.demo";
export const INSTANCE = "aws:rds/instance:Instance";
export const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
export const KEY = "aws:kms/key:Key";

interface Step {
  readonly op: string;
  readonly urn: string;
}

export class StoreStack {
  readonly scratch: Scratch;

  private constructor(scratch: Scratch) {
    this.scratch = scratch;
  }

  static async create(): Promise<StoreStack> {
    const scratch = await Scratch.create();
    await scratch.initialize(["network.demo", STACK]);
    return new StoreStack(scratch);
  }

  /** `pulumi <command>` on the stack. */
  run(command: string, ...args: string[]): ReturnType<Scratch["pulumi"]> {
    return this.scratch.pulumi(command, "--stack", STACK, ...args);
  }

  /** What it says where it has to fail. */
  async refused(command: string, ...args: string[]): Promise<string> {
    const { code, text } = await this.run(command, ...args);
    assert.notEqual(code, 0, text);
    return text;
  }

  /** What a preview would do, `<operation> <type> <name>`, sorted; what stays as it is left out. */
  async plan(): Promise<string[]> {
    const { code, text } = await this.run("preview", "--json");
    assert.equal(code, 0, text);
    const { steps } = JSON.parse(text.slice(text.indexOf("{"))) as { readonly steps: readonly Step[] };
    return steps
      .filter(({ op }) => op !== "same" && op !== "read")
      .map(({ op, urn }) => `${op} ${urn.split("::")[2]?.split(/[$:]/).at(-1) ?? ""} ${urn.split("::")[3] ?? ""}`)
      .sort();
  }

  async stores(): Promise<DataOutputs["stores"]> {
    return (await this.scratch.outputs<DataOutputs>(STACK)).stores;
  }
}
