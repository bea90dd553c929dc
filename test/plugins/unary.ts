import { grpc } from "./grpc.ts";

/** Answers a call of the engine. */
export type Handler<Request = never> = (
  call: { request: Request },
  callback: (error: object | null, response?: unknown) => void,
) => void;

/** Makes a handler of a function that gives the response. */
export function unary<Request>(
  handle: (request: Request) => unknown,
  describe: (error: unknown, request: Request) => object = (error) => ({
    code: grpc.status.UNKNOWN,
    details: error instanceof Error ? error.message : String(error),
  }),
): Handler<Request> {
  return ({ request }, callback) => {
    Promise.resolve()
      .then(() => handle(request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(describe(error, request)),
      );
  };
}
