// The SDK's runner loads this by `require`, with a loader of its own for `.ts`: only from a module it is Node that does.
import "./start.ts";
import "./pack.ts";
