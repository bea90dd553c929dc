import { serve } from "../provider-server.ts";
import { localCommand, runCommand } from "./local-command.ts";

serve({
  version: "1.2.1",
  resources: { "command:local:Command": localCommand },
  functions: { "command:local:run": runCommand },
});
