// Command attached is fermata-dev without a Temporal server in it: it joins the one that answers at
// FERMATA_TEMPORAL_ADDR and compiles in a fraction of the time. It must never be used in production.
package main

import (
	"os"

	"fermata/devserver/dev"
	"fermata/devserver/product"
)

func main() {
	os.Exit(dev.Main(dev.Program{Serve: product.Serve}))
}
