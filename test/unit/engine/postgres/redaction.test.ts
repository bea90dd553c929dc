import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { secretsOf, withoutSecrets } from "../../../../engine/postgres/session/redaction.ts";

test("the password of the connection is masked in every spelling", () => {
  const secrets = secretsOf({ password: "p@ss'w/rd" });
  for (const text of ["p@ss'w/rd", "p%40ss'w%2Frd", "p@ss''w/rd"])
    assert.equal(withoutSecrets(`before ${text} after`, secrets), "before [secret] after");
});

test("a text holds the password no more, whatever both are", () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 9 }), fc.string(), (before, password, after) => {
      assert.ok(!withoutSecrets(before + password + after, secretsOf({ password })).includes(password));
    }),
  );
});

test("a password that holds quotes, blanks or an at sign is masked as a whole wherever it stands", () => {
  for (const password of [`p'w"d-rest`, "two words-rest", "a@b@c-rest"])
    for (const text of [`password=${password} x`, `PASSWORD '${password}'`, `postgres://u:${password}@h/d`])
      assert.doesNotMatch(withoutSecrets(text, secretsOf({ password })), /rest/);
});

test("without a password nothing is masked", () => {
  assert.equal(withoutSecrets("as it is", secretsOf({ password: undefined })), "as it is");
  assert.equal(withoutSecrets("as it is", secretsOf({ password: "" })), "as it is");
});

test("a password that is a part of words leaves them alone, and is masked where it stands as a password", () => {
  const secrets = secretsOf({ password: "app" });
  const words = "2 migrations applied to app_restored; restore: psql -d app";
  assert.equal(withoutSecrets(words, secrets), words);
  assert.equal(withoutSecrets("app", secrets), "[secret]");
  for (const text of [
    "password=app x",
    "PASSWORD 'app'",
    "postgres://u:app@h/d",
    "mysql://u:app@h/d",
    '"password": "app"',
  ])
    assert.match(withoutSecrets(text, secrets), /\[secret\]/, text);
  for (const text of ["password=app x", "PASSWORD 'app'", "postgres://u:app@h/d"])
    assert.doesNotMatch(withoutSecrets(text, secrets), /\bapp\b/);
});

for (const statement of [
  "CREATE ROLE app LOGIN PASSWORD 'Geheim'",
  "alter role app with encrypted password  'Geheim' valid until '2030-01-01'",
  "ALTER ROLE app PASSWORD E'Ge\\'heim'",
  "ALTER ROLE app PASSWORD 'x''Geheim'",
  "ALTER ROLE app PASSWORD U&'Geheim'",
  "ALTER ROLE app PASSWORD $$Geheim$$",
  "ALTER ROLE app PASSWORD $a$Geheim$a$",
  "EXECUTE 'ALTER ROLE app PASSWORD ''Geheim'''",
  "ALTER ROLE app PASSWORD 'Geheim",
  "CREATE SUBSCRIPTION s CONNECTION 'host=h user=u password=Geheim dbname=d' PUBLICATION p",
  "SELECT dblink_connect('postgresql://u:Geheim@h/d')",
  "SELECT dblink_connect('mysql://u:Geheim@h/d')",
  `unrecognized near: syntax error at or near "'Geheim'"`,
  `missing "=" after "Geheim" in connection info string`,
])
  test(`the password in ${statement.replace(/Ge.{0,2}heim/, "***")} is masked in text of others`, () => {
    const masked = withoutSecrets(statement, []);
    assert.doesNotMatch(masked, /heim/);
    assert.match(masked, /\[secret\]/);
  });

test("what follows a password stays readable", () => {
  assert.equal(
    withoutSecrets("ALTER ROLE app PASSWORD 'Geheim' VALID UNTIL '2030-01-01'", []),
    "ALTER ROLE app PASSWORD '[secret]' VALID UNTIL '2030-01-01'",
  );
  const harmless = "ALTER TABLE users ADD COLUMN password text NOT NULL DEFAULT ''";
  assert.equal(withoutSecrets(harmless, []), harmless);
  const near = 'syntax error at or near "SELEC"';
  assert.equal(withoutSecrets(near, []), near);
});

test("no secret is cut in two where a long text ends", () => {
  for (let before = 99_980; before <= 100_001; before++) {
    const masked = withoutSecrets(`${"x".repeat(before)}Geheim-und-lang${"y".repeat(500)}`, [
      "Geheim-und-lang",
    ]);
    assert.doesNotMatch(masked, /Geh|lang/);
  }
});
