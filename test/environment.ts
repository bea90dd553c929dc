// Variables of libpq lead every connection to the server of who runs the tests: none of them counts here.
for (const name of Object.keys(process.env))
  if (/^PG[A-Z]/.test(name)) Reflect.deleteProperty(process.env, name);
