/** The layers of docs/architecture.md: imports go downwards only. Evaluated by test/unit/layers.test.ts. */
const onlyFrom = (name, path, allowed) => ({
  name,
  severity: "error",
  from: { path: allowed.from, pathNot: allowed.except },
  to: { path },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only", "dynamic-import"] } },
    },
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
    onlyFrom("postgres-is-the-lowest-layer", "^engine/(?!postgres/|error\\.ts|foreign-text\\.ts)", {
      from: "^engine/postgres/",
    }),
    onlyFrom("aws-is-the-lowest-layer", "^engine/(?!aws/|error\\.ts|foreign-text\\.ts)", {
      from: "^engine/aws/",
    }),
    onlyFrom(
      "shadow-is-only-a-server",
      "^engine/(?!postgres/|process/|shadow/|error\\.ts|foreign-text\\.ts)",
      {
        from: "^engine/shadow/",
      },
    ),
    onlyFrom("processes-know-nothing-of-the-engine", "^engine/(?!process/|error\\.ts)", {
      from: "^engine/process/",
    }),
    onlyFrom("folder-and-ledger-know-no-plan", "^engine/(plan|run|drift|checks|backup|preflight|report)/", {
      from: "^engine/(folder|ledger)/",
    }),
    onlyFrom("plan-does-not-run", "^engine/(run|drift|checks|backup|preflight|report)/", {
      from: "^engine/plan/",
    }),
    onlyFrom("checks-know-no-run", "^engine/(folder|ledger|plan|run|shadow|drift|backup|preflight|report)/", {
      from: "^engine/checks/",
    }),
    onlyFrom("a-run-compares-with-no-folder", "^engine/drift/", { from: "^engine/run/" }),
    onlyFrom("checks-outside-a-run-can-compare-with-folders", "^engine/checks/evaluate-checks\\.ts", {
      from: "^engine/",
      except: "^engine/(checks|drift|run)/",
    }),
    onlyFrom("drift-is-not-part-of-a-deployment", "^engine/(backup|restore|preflight|report|watch|aws)/", {
      from: "^engine/drift/",
    }),
    onlyFrom("backup-stands-alone", "^engine/(folder|ledger|plan|run|drift|checks|preflight|report)/", {
      from: "^engine/backup/",
    }),
    onlyFrom("restore-is-not-part-of-a-run", "^engine/(run|checks|preflight|report)/", {
      from: "^engine/restore/",
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
