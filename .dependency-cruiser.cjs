/** The floors of docs/explanation/architecture.md: imports go downwards only, those of types too. Evaluated by test/unit/layers.test.ts. */

/**
 * The rooms of engine/, from the lowest floor to the highest. A room imports rooms of lower floors alone; a folder below
 * another is a room of its own.
 */
const floors = [
  ["foreign-text.ts"],
  ["error.ts", "words.ts"],
  ["aws", "postgres/text"],
  ["postgres/session"],
  ["postgres/catalog", "postgres/script", "process"],
  ["postgres/activity", "shadow", "folder", "checks/kind", "backup"],
  ["backup/logical-backup", "backup/rds", "ledger", "checks/kinds/parts"],
  ["checks/kinds", "formats/[^/]+", "restore"],
  ["checks", "formats"],
  ["command", "plan"],
  ["run"],
  ["drift"],
  ["preflight", "watch"],
  ["report"],
  ["index.ts"],
];

/** The pattern of a room's own files, without those of the rooms below it. */
const filesOf = (room) =>
  `^engine/${room.endsWith(".ts") ? room.replace(".", "\\.") : `${room}/[^/]+\\.ts`}$`;

const downwards = floors.flatMap((rooms, floor) =>
  rooms.map((room) => ({
    name: `floors: ${room}`,
    severity: "error",
    from: { path: filesOf(room) },
    to: { path: "^engine/", pathNot: [filesOf(room), ...floors.slice(0, floor).flat().map(filesOf)] },
  })),
);

const onlyFrom = (name, path, allowed) => ({
  name,
  severity: "error",
  from: { path: allowed.from, pathNot: allowed.except },
  to: { path },
});

module.exports = {
  floors,
  filesOf,
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["dynamic-import"] } },
    },
    ...downwards,
    onlyFrom(
      "resources-know-no-components",
      "^(components/|index\\.ts|configuration\\.ts|backup-configuration\\.ts)",
      {
        from: "^resources/",
      },
    ),
    onlyFrom("components-know-no-program", "^(index|configuration|backup-configuration)\\.ts", {
      from: "^components/",
    }),
    onlyFrom("components-reach-the-engine-by-its-index", "^engine/(?!index\\.ts|foreign-text\\.ts)", {
      from: "^(components|resources)/",
    }),
    onlyFrom("program-uses-components-only", "^(engine|resources)/", {
      from: "^(index|configuration|backup-configuration)\\.ts",
    }),
    onlyFrom(
      "engine-knows-no-pulumi",
      "^(components/|resources/|index\\.ts|configuration\\.ts|backup-configuration\\.ts)|@pulumi/",
      {
        from: "^engine/",
      },
    ),
    onlyFrom("only-engine-postgres-imports-pg", "node_modules/(pg|pg-connection-string|libpg-query)/", {
      from: "^(engine|resources|components|index|configuration)",
      except: "^engine/postgres/",
    }),
    onlyFrom("only-engine-aws-imports-the-aws-sdk", "node_modules/@aws-sdk/", {
      from: "^(engine|resources|components|index|configuration)",
      except: "^engine/aws/",
    }),
    onlyFrom("drift-is-not-part-of-a-deployment", "^engine/(backup|restore|aws)/", {
      from: "^engine/drift/",
    }),
    onlyFrom("commands-use-the-engine-by-its-index", "^(components|resources)/|^engine/(?!index\\.ts)", {
      from: "^cli/",
    }),
    onlyFrom(
      "reports-only-format",
      "^node:|^engine/.*/(evaluate-checks|run-checks|plan-run|apply-|database)",
      {
        from: "^engine/report/",
      },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
