// Removes libpq's variables, which would lead every connection to a server of the person who runs the tests.
for (const name of Object.keys(process.env))
  if (/^PG[A-Z]/.test(name)) Reflect.deleteProperty(process.env, name);
