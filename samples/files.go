package samples

import "embed"

// Files holds what a new user starts from: kontor.yaml, the commented
// configuration that `kontor init` writes, and exports/<profile>/, one example
// export of each feed in each shipped profile. The exports are made by
// [Generate]; a test fails when they are stale.
//
//go:embed kontor.yaml exports
var Files embed.FS
