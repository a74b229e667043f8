/**
 * Pulumi's launcher has every stack trace mapped by source maps, and takes one for each promise: a sixth of a preview's
 * time. Node runs these sources as they stand, at their own lines (https://nodejs.org/api/typescript.html#type-stripping),
 * so they need no maps. Under another launcher, such as a test runner, its own way stays.
 */
if (/@pulumi[\\/]pulumi[\\/]cmd[\\/]run([\\/]index\.js)?$/.test(process.argv[1] ?? ""))
  Object.assign(Error, { prepareStackTrace: undefined });
