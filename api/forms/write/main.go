// Command write keeps the copy of the forms that the tests of the page read.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"fermata/api/forms"
	"fermata/api/gen"
	"fermata/interpreter/definition"
)

func main() {
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(path string) error {
	items, err := forms.Nodes()
	if err != nil {
		return err
	}
	document := struct {
		Nodes  []gen.NodeSpec  `json:"nodes"`
		Schema json.RawMessage `json:"schema"`
	}{items, definition.JSONSchema()}
	content, err := json.MarshalIndent(document, "", " ")
	if err != nil {
		return fmt.Errorf("write forms: %w", err)
	}
	if err := os.WriteFile(path, append(content, '\n'), 0o644); err != nil {
		return fmt.Errorf("write forms: %w", err)
	}
	return nil
}
