package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the release; the commit comes from the build.
const version = "0.1.0"

type versionCmd struct {
	JSON bool `zh:"输出 JSON" help:"Print JSON."`
}

func (c *versionCmd) Run(p *program) error {
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	return p.print(c.JSON, map[string]string{"version": version, "commit": commit, "go": runtime.Version()}, func() {
		fmt.Fprintf(p.stdout, "zhishu %s (%s, %s)\n", version, commit, runtime.Version())
	})
}
