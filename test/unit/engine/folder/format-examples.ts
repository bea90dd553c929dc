/** Files of a folder by their paths. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** A script of dbmate, with both parts. */
export const dbmate = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n";

/** A script of goose, with both parts. */
export const goose = "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n";

/** A script of node-pg-migrate, with both parts. */
export const nodePgMigrate = "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n";

/** A journal of Drizzle whose entries have these times. */
export const journal = (...whens: number[]) =>
  JSON.stringify({
    dialect: "postgresql",
    entries: whens.map((when, idx) => ({ idx, when, tag: `000${idx}_x` })),
  });
