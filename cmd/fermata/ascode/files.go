package ascode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"fermata/interpreter/definition"
)

// File is one definition.
type File struct {
	Path     string
	Key      string
	Kind     string // the media type
	Body     []byte
	Def      *definition.Definition // nil when it cannot be read at all
	Problems []definition.Problem   // found without an installation
	Plan     *Plan                  // nil when there is no plan beside it
}

// Plan says what a publish does with the people inside: `<key>.plan.yaml` beside the definition.
type Plan struct {
	InFlight  string            `yaml:"in_flight" json:"in_flight,omitempty"`
	Map       map[string]string `yaml:"map" json:"map,omitempty"`
	OnMissing string            `yaml:"on_missing" json:"on_missing,omitempty"`
	Retime    string            `yaml:"retime" json:"retime,omitempty"`
	Spread    string            `yaml:"spread" json:"spread,omitempty"` // the pace for who would go on at once
	Rate      string            `yaml:"rate" json:"rate,omitempty"`     // how many are moved in a time
}

const planSuffix = ".plan.yaml"

// Read reads the definitions that paths name: files, and the files of folders with all below them
// that end in .yaml or .yml. Plans are read beside their definitions and are none themselves.
func Read(paths []string) ([]*File, error) {
	var names []string
	for _, path := range paths {
		found, err := list(path)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	var files []*File
	byKey := map[string]string{}
	for _, name := range slices.Compact(names) {
		f, err := readFile(name)
		if err != nil {
			return nil, err
		}
		if before, twice := byKey[f.Key]; twice && f.Key != "" {
			return nil, fmt.Errorf("read %s: %s has the key %q, too", name, before, f.Key)
		}
		byKey[f.Key] = name
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("read %s: there is no definition", strings.Join(paths, ", "))
	}
	return files, nil
}

func list(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if !info.IsDir() {
		return []string{filepath.Clean(path)}, nil
	}
	var names []string
	err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && name != path
		switch {
		case entry.IsDir() && hidden:
			return filepath.SkipDir
		case entry.IsDir() || hidden || strings.HasSuffix(name, planSuffix):
			return nil
		case slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name)):
			names = append(names, filepath.Clean(name))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return names, nil
}

func readFile(name string) (*File, error) {
	body, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	f := &File{Path: name, Kind: typeYAML, Body: body}
	if filepath.Ext(name) == ".json" {
		f.Kind = typeJSON
	}
	f.Def, f.Problems = definition.Parse(body, f.Kind == typeYAML)
	if f.Def == nil {
		return f, nil
	}
	f.Key, f.Problems = f.Def.Key, f.Def.Validate(nil)
	if f.Key != "" {
		f.Plan, err = readPlan(filepath.Join(filepath.Dir(name), f.Key+planSuffix))
	}
	return f, err
}

// readPlan reads the plan of a definition; nil when there is none.
func readPlan(name string) (*Plan, error) {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	p := &Plan{}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(p); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	for _, word := range []struct {
		name, value string
		allowed     []string
	}{
		{"in_flight", p.InFlight, []string{"stay", "migrate", "exit"}},
		{"on_missing", p.OnMissing, []string{"stay", "exit", "next"}},
		{"retime", p.Retime, []string{"credit", "restart", "keep"}},
	} {
		if word.value != "" && !slices.Contains(word.allowed, word.value) {
			return nil, fmt.Errorf("read %s: %s is %q: want %s", name, word.name, word.value, strings.Join(word.allowed, ", "))
		}
	}
	for _, pace := range []struct{ name, value string }{{"spread", p.Spread}, {"rate", p.Rate}} {
		if pace.value == "" || pace.name == "spread" && pace.value == "none" {
			continue
		}
		if _, err := definition.ParseRate(pace.value); err != nil {
			return nil, fmt.Errorf("read %s: %s is %q: want a pace like 100/1h", name, pace.name, pace.value)
		}
	}
	return p, nil
}

// describe says in a word what happens to the people inside.
func (p *Plan) describe() string {
	if p == nil || p.InFlight == "" {
		return "stay"
	}
	return p.InFlight
}
