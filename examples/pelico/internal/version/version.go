// Package version says what this program is. A build sets both values; without one, they are those of the source.
package version

// Version is raised by `slipway version`, which the hook after a commit runs.
var Version = "1.0.0"

// Commit is the full name of the commit that was built.
var Commit = "unknown"
