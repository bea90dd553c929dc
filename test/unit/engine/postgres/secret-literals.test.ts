import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { excerpt } from "../../../../engine/postgres/text/text-position.ts";
import { withoutSecrets } from "../../../../engine/postgres/session/redaction.ts";
import { withoutSecretLiterals } from "../../../../engine/postgres/text/secret-literals.ts";
import { literalsOf } from "../../../../engine/postgres/text/sql-literals.ts";

const statements = [
  "ALTER ROLE app PASSWORD /* x */ 'Geheim'",
  "ALTER ROLE app PASSWORD -- it's\n'Geheim'",
  "ALTER ROLE app PASSWORD 'Ge'\n  'heim'",
  "ALTER ROLE app PASSWORD E'Ge\\'heim'",
  "ALTER ROLE app PASSWORD e'x\\\\' 'Geheim'",
  "ALTER ROLE app PASSWORD U&'Geheim'",
  "ALTER ROLE app PASSWORD $a$Geheim$a$",
  "ALTER ROLE app PASSWORD 'Geheim",
  "ALTER USER app SET app.key = 'Geheim'",
  "SET password_of.app = 'Geheim'",
  "SELECT set_config('app.secret', 'Geheim', false)",
  "SELECT format('ALTER ROLE %I PASSWORD %L', 'app', 'Geheim')",
  "DO $$BEGIN EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', 'app', 'Geheim'); END$$",
  "DO LANGUAGE plpgsql $x$BEGIN EXECUTE 'ALTER ROLE app PASSWORD ' || quote_literal('Geheim'); END$x$",
  "DO $$BEGIN EXECUTE $q$ALTER ROLE app PASSWORD 'Geheim'$q$; END$$",
  "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ALTER ROLE app PASSWORD 'Geheim'$$",
  "CREATE SUBSCRIPTION s CONNECTION 'host=h password=Geheim' PUBLICATION p",
  "SELECT * FROM dblink('host=h user=u password=Geheim', 'SELECT 1') AS t (a int)",
  "CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'u', password 'Geheim')",
  "ALTER SERVER s OPTIONS (SET password 'Geheim')",
  "INSERT INTO feeds VALUES ('https://u:Geheim@feeds.example/x')",
  "INSERT INTO members (name, hash) VALUES ('a', crypt('Geheim', gen_salt('bf')))",
  "SELECT pgp_sym_encrypt('x', 'Geheim')",
  "UPDATE settings SET value = 'password=Geheim host=h'",
  "SELEC 'x' FROM a; ALTER ROLE app PASSWORD 'Geheim'",
];

for (const statement of statements) {
  const shownName = statement.replace(/\s+/g, " ").replace(/Ge.{0,6}?heim/, "***");
  test(`the secret is masked in ${shownName}`, () => {
    assert.doesNotMatch(withoutSecretLiterals(statement), /heim/);
    const lines = statement.split("\n");
    for (const [at, line] of lines.entries())
      for (const column of [1, Math.floor(line.length / 2), line.length + 1])
        assert.doesNotMatch(excerpt(statement, { line: at + 1, column }, { width: 300 }), /heim/);
    assert.equal(withoutSecretLiterals(statement).split("\n").length, lines.length);
  });
}

test("ordinary literals stay, and find the error", () => {
  const statement = "INSERT INTO gifts (note) VALUES ('for Ada', 12x, $$it's$$)";
  assert.equal(withoutSecretLiterals(statement), statement);
  assert.equal(excerpt(statement, { line: 1, column: 45 }), `1 | ${statement}\n${" ".repeat(48)}^`);
});

test("the caret stands under its word behind a secret", () => {
  const lines = excerpt("ALTER ROLE a PASSWORD 'Geheim' VALIDD", { line: 1, column: 32 }).split("\n");
  assert.equal((lines[0] ?? "").slice((lines[1] ?? "").indexOf("^")), "VALIDD");
  assert.match(lines[0] ?? "", /^1 \| ALTER ROLE a PASSWORD '\[secret\]' VALIDD$/);
});

test("a body stays readable but for its literals", () => {
  assert.equal(
    withoutSecretLiterals("DO $$BEGIN PERFORM f(1); ALTER ROLE a PASSWORD 'x'; END$$"),
    "DO $$BEGIN PERFORM f(1); ALTER ROLE a PASSWORD '[secret]'; END$$",
  );
});

test("literals are found as PostgreSQL finds them", () => {
  const found = (text: string) =>
    literalsOf(text).flatMap(({ literals }) => literals.map(({ start, end }) => text.slice(start, end)));
  assert.deepEqual(found(`a'b''c' "x'y" /* 'n /* ' */ ' */ -- '\n e'\\'' $1 a$b$ $q$ ' $$ $q$ n'z'`), [
    "'b''c'",
    "e'\\''",
    "$q$ ' $$ $q$",
    "n'z'",
  ]);
});

/** What is quadratic would take hours for these: then this test does not come to its end. */
test("a megabyte of hostile text is masked", () => {
  const parts = [
    ...["postgres://", "a:", "password=", "PASSWORD '", "PASSWORD $$", "PASSWORD ''", "''", "$a$", "/*"],
    ...["at or near \"'", "@", " ", "x://y:", "e'\\\\", "AS $$", "$", "--"],
  ];
  for (const part of [...parts, ...parts.map((one, at) => one + (parts[at + 1] ?? ""))]) {
    const text = part.repeat(Math.ceil(1_000_000 / part.length));
    assert.ok(withoutSecrets(text, ["postgres://a:b"]).length < 2_000_000);
    assert.ok(withoutSecretLiterals(text).length <= 2 * text.length);
    assert.ok(excerpt(text, { line: 1, column: 1 }).length < 1000);
  }
});

test("no text breaks the scan", () => {
  const sign = fc.constantFrom(
    "'",
    '"',
    "$",
    "$a$",
    ";",
    "/*",
    "*/",
    "--",
    "\n",
    "e'",
    "\\",
    "x",
    " ",
    "PASSWORD ",
    "u&'",
  );
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 40 }), (signs) => {
      const text = signs.join("");
      const spans = literalsOf(text).flatMap(({ literals }) => literals);
      for (const [at, { start, end, inner }] of spans.entries()) {
        assert.ok(start < end && start <= inner.start && inner.start <= inner.end && inner.end <= end);
        assert.ok(start >= (spans[at - 1]?.end ?? 0) && end <= text.length);
      }
      assert.equal(withoutSecretLiterals(text).split("\n").length, text.split("\n").length);
    }),
  );
});
