/** Drives the sandbox's models as the provider does, without gRPC and engine. */
import { join } from "node:path";
import { permitRead } from "../../../sandbox/aws/authorization.ts";
import { catalog } from "../../../sandbox/catalog.ts";
import { estateOf, loadEstate } from "../../../sandbox/estate.ts";
import type { EstateDocument } from "../../../sandbox/estate.ts";
import type { Caller, Context, ResourceModel } from "../../../sandbox/model.ts";
import {
  before,
  changedArguments,
  checked,
  deletesFirst,
  liveOutputs,
  overlaid,
  replaces,
} from "../../../sandbox/resource.ts";
import { change, look, make, unmake } from "../../../sandbox/operations.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { World } from "../../../sandbox/world.ts";
import type { WorldObject } from "../../../sandbox/world.ts";

export const DEMO = join(import.meta.dirname, "../../../sandbox/estates/demo.yaml");
export const DATA = "111122223333";
export const TOOLS = "444455556666";

/** @param file where it is kept across restarts; in memory only without */
export const demoWorld = (file?: string): World => worldOf(loadEstate(DEMO), file);
export const estateWorld = (document: EstateDocument): World => worldOf(estateOf(document));
const worldOf = ({ facts, objects }: ReturnType<typeof loadEstate>, file?: string): World =>
  new World("test", facts, objects, file);

export type Outputs = Properties & { readonly id: string };

/** One account acting on a world: `make`, `change`, `unmake` and `look` as Pulumi's engine would have them done. */
export interface Actor {
  readonly context: Context;
  make(type: string, inputs: Properties, name?: string): Outputs;
  change(type: string, id: string, inputs: Properties): Outputs;
  unmake(type: string, id: string): void;
  read(type: string, id: string): Outputs;
  look(token: string, args?: Properties): Properties;
  /** Which arguments of a change would replace the resource. */
  replacing(type: string, olds: Properties, news: Properties): string[];
  /** Whether the engine would delete the old one first. */
  deletesFirst(type: string, olds: Properties, news: Properties): boolean;
}

export function actor(world: World, account: string, settings: Partial<Caller> = {}): Actor {
  const caller: Caller = {
    environment: "test",
    account,
    region: "us-east-1",
    role: undefined,
    defaultTags: {},
    config: {},
    ...settings,
    run: settings.run ?? world.time.begin(`test ${account} ${settings.role ?? ""}`, "it.test"),
  };
  const context: Context = { world, caller };

  function modelOf(type: string): ResourceModel {
    const model = catalog.resources.get(type);
    if (!model) throw new Error(`no model of ${type}`);
    return model;
  }
  function checkedInputs(model: ResourceModel, name: string, news: Properties, olds: Properties = {}): Properties {
    const { inputs, failures } = checked(model, { name, news, olds, seed: new Uint8Array(), context });
    if (failures.length > 0) throw new Error(failures.map(([property, reason]) => `${property}: ${reason}`).join("\n"));
    return inputs;
  }
  function existing(type: string, id: string): WorldObject {
    const object = world.get(type, id, account);
    if (!object) throw new Error(`${type} ${id} does not exist`);
    return object;
  }
  const outputs = (model: ResourceModel, object: WorldObject): Outputs => ({
    ...overlaid(object.inputs, liveOutputs(model, object, context)),
    id: object.id,
  });

  return {
    context,
    make(type, news, name = "it") {
      const model = modelOf(type);
      return outputs(model, make(model, checkedInputs(model, name, news), context, { name }));
    },
    change(type, id, news) {
      const model = modelOf(type);
      const object = existing(type, id);
      const inputs = checkedInputs(model, "it", news, object.inputs);
      const changed = changedArguments(model, before(model, object.inputs, object.computed), inputs, []);
      change(model, object, inputs, changed, context);
      return outputs(model, object);
    },
    unmake(type, id) {
      const model = modelOf(type);
      unmake(model, existing(type, id), context);
    },
    read(type, id) {
      permitRead(modelOf(type), existing(type, id), context);
      return outputs(modelOf(type), existing(type, id));
    },
    look(token, args = {}) {
      const model = catalog.functions.get(token);
      if (!model) throw new Error(`no function ${token}`);
      return look(model, args, context);
    },
    replacing(type, olds, news) {
      const model = modelOf(type);
      const [before, after] = [checkedInputs(model, "it", olds), checkedInputs(model, "it", news)];
      return replaces(model, changedArguments(model, before, after, []), before, after, caller);
    },
    deletesFirst: (type, olds, news) => deletesFirst(modelOf(type), "it", olds, news),
  };
}
