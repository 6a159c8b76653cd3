// Command fermata-dev is Fermata for development with everything in one process: Temporal on a
// SQLite file, its Web UI and a mail sink, on loopback addresses. It must never be used in
// production: nothing in it authenticates anybody.
package main

import (
	"context"
	"os"

	"fermata/devserver/dev"
	"fermata/devserver/engine"
	"fermata/devserver/product"
)

func main() {
	os.Exit(dev.Main(dev.Program{EngineVersion: engine.Version, Engine: start, Serve: product.Serve}))
}

func start(ctx context.Context, o dev.EngineOptions) (dev.Engine, error) {
	return engine.Start(ctx, engine.Options{
		Dir: o.Dir, Addr: o.Addr, Namespace: o.Namespace, Postgres: o.Postgres, TimeSkipping: o.TimeSkipping, Faults: o.Faults,
		Notice: o.Notice,
	})
}
