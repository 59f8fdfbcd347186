package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionCommand says which build this is.
func (p *program) versionCommand() *cobra.Command {
	return exits(&cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Args:  arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if p.json {
				return p.printJSON(b)
			}
			_, err := fmt.Fprintf(p.out, "kontor %s (%s, %s)\n", b.Version, b.Commit, b.Go)
			return err
		},
	}, exitDone, exitFailed, exitUsage)
}

// A build says from what a binary was made.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

func thisBuild() build {
	b := build{Version: "development", Commit: "commit unknown", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			b.Commit = "commit " + s.Value[:12]
		}
	}
	return b
}
