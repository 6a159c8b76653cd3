// Package web holds the built page, so that one binary serves everything. It is for cmd/fermata,
// which hands the files to the API; it must never know how they are served.
//
// The page is written in TypeScript, beside this file, and built into dist, which git ignores but
// for a placeholder: the program compiles without a built page and then says how to build it.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files are the files of the built page; without one there is no index.html among them.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant above
	}
	return files
}
