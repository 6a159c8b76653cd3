package events

import (
	"container/list"
	"fmt"
	"sync"

	"fermata/interpreter/definition"
	"fermata/store"
)

// Definitions keeps compiled definitions by the hash of their content. A hash stands for the
// same content for ever, so an entry can be dropped but never be out of date. It is safe for
// use by several goroutines.
type Definitions struct {
	mu    sync.Mutex
	size  int
	order *list.List // of *compiled, most recently used first
	byKey map[string]*list.Element
}

type compiled struct {
	hash string
	def  *definition.Definition
	body []byte
}

// NewDefinitions makes a cache of at most size definitions (at least one).
func NewDefinitions(size int) *Definitions {
	return &Definitions{size: max(1, size), order: list.New(), byKey: map[string]*list.Element{}}
}

// Load returns the compiled definition with this hash. Callers must not change it.
func (d *Definitions) Load(tx *store.Tx, hash string) (*definition.Definition, error) {
	entry, err := d.load(tx, hash)
	if err != nil {
		return nil, err
	}
	return entry.def, nil
}

// load returns the definition together with its canonical bytes.
func (d *Definitions) load(tx *store.Tx, hash string) (*compiled, error) {
	if entry := d.cached(hash); entry != nil {
		return entry, nil
	}
	body, err := tx.Definition(hash)
	if err != nil {
		return nil, fmt.Errorf("load definition %s: %w", hash, err)
	}
	def, err := definition.ParseCanonical(body)
	if err != nil {
		return nil, fmt.Errorf("compile definition %s: %w", hash, err)
	}
	entry := &compiled{hash: hash, def: def, body: body}
	d.keep(entry)
	return entry, nil
}

func (d *Definitions) cached(hash string) *compiled {
	d.mu.Lock()
	defer d.mu.Unlock()
	element, ok := d.byKey[hash]
	if !ok {
		return nil
	}
	d.order.MoveToFront(element)
	entry, _ := element.Value.(*compiled)
	return entry
}

func (d *Definitions) keep(entry *compiled) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.byKey[entry.hash]; ok {
		return
	}
	d.byKey[entry.hash] = d.order.PushFront(entry)
	for d.order.Len() > d.size {
		last := d.order.Back()
		if dropped, ok := d.order.Remove(last).(*compiled); ok {
			delete(d.byKey, dropped.hash)
		}
	}
}
