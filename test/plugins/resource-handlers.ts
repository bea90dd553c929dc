import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { logStatus } from "./engine-log.ts";
import { Empty } from "./grpc.ts";
import { grpcError } from "./initialization-error.ts";
import { type Operation, type Plugin, type Properties, type ResourceType, unknownValue } from "./provider.ts";
import { propertiesOf, struct } from "./property-message.ts";
import { findChanges } from "./resource-diff.ts";
import { holdsSecret, plainProperties, withSecrets } from "./secret-value.ts";
import { type Handler, unary } from "./unary.ts";

type RequestOf<Name extends `${string}Request` & keyof typeof messages> = InstanceType<
  (typeof messages)[Name]
>;

/** Serves the resources of a plugin. */
export function resourceHandlers(plugin: Plugin, signal: AbortSignal): Record<string, Handler> {
  const typeOf = (urn: string): ResourceType => {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const type = plugin.resources[token];
    if (type === undefined) throw new Error(`The stand-in has no resource ${token}.`);
    return type;
  };
  const operation = (urn: string, raw: Properties, timeoutS = 0): Operation => ({
    urn,
    name: nameOf(urn),
    inputs: plainProperties(raw),
    timeoutMs: timeoutS === 0 ? undefined : timeoutS * 1000,
    signal,
    report: (message) => logStatus(urn, message),
  });
  const markAs = (urn: string, raw: Properties) => (outputs: Properties) => {
    const { secretOutputs = [], outputsFollowInputs = false } = typeOf(urn);
    return withSecrets(outputs, raw, { secretOutputs, all: outputsFollowInputs && holdsSecret(raw) });
  };

  return {
    check: unary((request: RequestOf<"CheckRequest">) => {
      const type = typeOf(request.getUrn());
      const raw = propertiesOf(request.getNews());
      const olds = request.hasOlds() ? plainProperties(propertiesOf(request.getOlds())) : undefined;
      const name = nameOf(request.getUrn());
      const inputs = plainProperties(raw);
      const added = type.complete?.(inputs, { name, olds }) ?? {};
      const response = new messages.CheckResponse();
      response.setInputs(struct({ ...raw, ...added }));
      response.setFailuresList(
        (type.findProblems?.(inputs, name) ?? []).map((reason) => {
          const failure = new messages.CheckFailure();
          failure.setReason(reason);
          return failure;
        }),
      );
      return response;
    }),

    diff: unary((request: RequestOf<"DiffRequest">) => diff(typeOf(request.getUrn()), request)),

    create: unary(
      async (request: RequestOf<"CreateRequest">) => {
        const urn = request.getUrn();
        const raw = propertiesOf(request.getProperties());
        const type = typeOf(urn);
        const { id, outputs } = request.getPreview()
          ? { id: "", outputs: plannedOutputs(type, plainProperties(raw)) }
          : await type.create(operation(urn, raw, request.getTimeout()));
        const response = new messages.CreateResponse();
        response.setId(id);
        response.setProperties(struct(markAs(urn, raw)(outputs)));
        return response;
      },
      (error, request) => grpcError(error, markAs(request.getUrn(), propertiesOf(request.getProperties()))),
    ),

    read: unary(async (request: RequestOf<"ReadRequest">) => {
      const type = typeOf(request.getUrn());
      const raw = propertiesOf(request.getInputs());
      const olds = plainProperties(propertiesOf(request.getProperties()));
      // Only what is imported has no inputs yet: they are what can be given of that which was found.
      const imports = Object.keys(raw).length === 0;
      const asked = operation(request.getUrn(), imports ? { tags: {} } : raw);
      const outputs =
        type.read === undefined ? olds : await type.read({ ...asked, id: request.getId(), olds });
      const response = new messages.ReadResponse();
      if (outputs === undefined) return response;
      response.setId(request.getId());
      response.setInputs(imports ? struct(importedInputs(type, outputs)) : request.getInputs());
      response.setProperties(struct(markAs(request.getUrn(), raw)(outputs)));
      return response;
    }),

    update: unary(
      async (request: RequestOf<"UpdateRequest">) => {
        const urn = request.getUrn();
        const raw = propertiesOf(request.getNews());
        const olds = plainProperties(propertiesOf(request.getOlds()));
        const type = typeOf(urn);
        const outputs = request.getPreview()
          ? plannedUpdate(type, olds, plainProperties(raw))
          : await type.update({ ...operation(urn, raw, request.getTimeout()), id: request.getId(), olds });
        const response = new messages.UpdateResponse();
        response.setProperties(struct(markAs(urn, raw)(outputs)));
        return response;
      },
      (error, request) => grpcError(error, markAs(request.getUrn(), propertiesOf(request.getNews()))),
    ),

    delete: unary(async (request: RequestOf<"DeleteRequest">) => {
      const olds = plainProperties(propertiesOf(request.getProperties()));
      const existing = operation(request.getUrn(), olds, request.getTimeout());
      await typeOf(request.getUrn()).delete({ ...existing, id: request.getId(), olds });
      return new Empty();
    }),
  };
}

function diff(
  type: ResourceType,
  request: RequestOf<"DiffRequest">,
): InstanceType<typeof messages.DiffResponse> {
  const olds = plainProperties(propertiesOf(request.getOldInputs() ?? request.getOlds()));
  const news = plainProperties(propertiesOf(request.getNews()));
  const changes = findChanges(type, olds, news);
  const { DiffChanges } = messages.DiffResponse;
  const response = new messages.DiffResponse();
  response.setChanges(changes.length === 0 ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME);
  response.setDiffsList(changes.map(({ property }) => property));
  response.setReplacesList(changes.filter(({ replaces }) => replaces).map(({ property }) => property));
  response.setHasdetaileddiff(true);
  for (const { property, kind, replaces } of changes) {
    const change = new messages.PropertyDiff();
    const name =
      `${kind.toUpperCase()}${replaces ? "_REPLACE" : ""}` as keyof typeof messages.PropertyDiff.Kind;
    change.setKind(messages.PropertyDiff.Kind[name]);
    change.setInputdiff(true);
    response.getDetaileddiffMap().set(property, change);
  }
  return response;
}

function plannedOutputs(type: ResourceType, inputs: Properties): Properties {
  return { ...Object.fromEntries(type.outputs.map((name) => [name, unknownValue])), ...inputs };
}

function plannedUpdate(type: ResourceType, olds: Properties, inputs: Properties): Properties {
  return type.outputsFollowInputs === true ? plannedOutputs(type, inputs) : { ...olds, ...inputs };
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function importedInputs({ outputs: computed }: ResourceType, found: Properties): Properties {
  return Object.fromEntries(Object.entries(found).filter(([name]) => !computed.includes(name)));
}
