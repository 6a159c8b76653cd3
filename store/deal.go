package store

import (
	"slices"
	"strings"
	"time"
)

// Stage is one step of a pipeline, in order.
type Stage struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Kind string `json:"kind"` // open | won | lost
}

// Pipeline is an ordered list of stages that deals move through.
type Pipeline struct {
	Key       string `gorm:"primaryKey"`
	Name      string
	Stages    []Stage `gorm:"serializer:json"`
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Stage finds a stage in any spelling of its key; "" is the first one.
func (p *Pipeline) Stage(key string) (Stage, bool) {
	at := p.Position(key)
	if key == "" && len(p.Stages) > 0 {
		at = 0
	}
	if at < 0 {
		return Stage{}, false
	}
	return p.Stages[at], true
}

// Position is the place of a stage, in any spelling of its key, or -1.
func (p *Pipeline) Position(key string) int {
	if at := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Key == key }); at >= 0 {
		return at
	}
	return slices.IndexFunc(p.Stages, func(s Stage) bool { return strings.EqualFold(s.Key, key) })
}

// Deal is a chance of business with a contact.
type Deal struct {
	ID        string `gorm:"primaryKey"`
	Title     string
	Pipeline  string
	Stage     string
	Status    string // open | won | lost
	Value     *float64
	Currency  string
	Owner     string
	ContactID string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// DealFilter selects deals; empty fields select all.
type DealFilter struct{ Contact, Pipeline, Stage, Status, Owner string }

// CreatePipeline adds a pipeline; ErrConflict when the key exists.
func (tx *Tx) CreatePipeline(p *Pipeline) error {
	if p.Stages == nil {
		p.Stages = []Stage{}
	}
	return insertKeyed(tx, p.Key, p)
}

// Pipeline returns one pipeline, in any spelling of its key.
func (tx *Tx) Pipeline(key string) (*Pipeline, error) { return keyed[Pipeline](tx, key) }

// LockPipeline returns one pipeline and keeps others from changing it until the transaction ends.
func (tx *Tx) LockPipeline(key string) (*Pipeline, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	p, err := tx.Pipeline(key)
	if err != nil {
		return nil, err
	}
	return first[Pipeline](tx, "key = ?"+tx.rowLock(""), p.Key)
}

// ListPipelines lists pipelines by key.
func (tx *Tx) ListPipelines(page Page) ([]Pipeline, string, error) {
	return listByID(tx, byKey(page, "key"), func(p *Pipeline) string { return p.Key })
}

// UpdatePipeline writes name and stages. *InUseError lists the deals in stages that it would remove.
func (tx *Tx) UpdatePipeline(p *Pipeline) error {
	keys := []string{""}
	for _, s := range p.Stages {
		keys = append(keys, s.Key)
	}
	users, err := tx.users("deal", "SELECT id FROM deals WHERE pipeline = ? AND stage NOT IN ? ORDER BY id", p.Key, keys)
	if err != nil {
		return err
	}
	if len(users) > 0 {
		return &InUseError{Users: users}
	}
	if p.Stages == nil {
		p.Stages = []Stage{}
	}
	return tx.update(p)
}

// DeletePipeline removes a pipeline without deals.
func (tx *Tx) DeletePipeline(key string) error {
	p, err := tx.Pipeline(key)
	if err != nil {
		return err
	}
	users, err := tx.users("deal", "SELECT id FROM deals WHERE pipeline = ? ORDER BY id", p.Key)
	if err != nil {
		return err
	}
	return tx.removeUnused("pipelines", p.Key, users)
}

// CreateDeal adds a deal; ErrNotFound when its pipeline or contact does not exist.
func (tx *Tx) CreateDeal(d *Deal) error {
	if d.ID == "" {
		d.ID = NewID("deal")
	}
	err := tx.insert(d)
	if isForeignKey(err) {
		return ErrNotFound
	}
	return err
}

// Deal returns one deal.
func (tx *Tx) Deal(id string) (*Deal, error) { return first[Deal](tx, "id = ?", id) }

// UpdateDeal writes all columns.
func (tx *Tx) UpdateDeal(d *Deal) error {
	err := tx.update(d)
	if isForeignKey(err) {
		return ErrNotFound
	}
	return err
}

// DeleteDeal removes a deal.
func (tx *Tx) DeleteDeal(id string) error { return tx.remove("DELETE FROM deals WHERE id = ?", id) }

// DealsOfContact lists a contact's deals in one pipeline, or in all when it is "", newest first.
func (tx *Tx) DealsOfContact(contactID, pipeline string) ([]Deal, error) {
	if pipeline == "" {
		return all[Deal](tx, "WHERE contact_id = ? ORDER BY id DESC", contactID)
	}
	return all[Deal](tx, "WHERE contact_id = ? AND lower(pipeline) = lower(?) ORDER BY id DESC", contactID, pipeline)
}

// ListDeals lists deals, newest first.
func (tx *Tx) ListDeals(f DealFilter, page Page) ([]Deal, string, error) {
	q := newestFirst(page)
	q.equal("contact_id", f.Contact)
	if f.Pipeline != "" {
		q.and("lower(pipeline) = lower(?)", f.Pipeline)
	}
	if f.Stage != "" {
		q.and("lower(stage) = lower(?)", f.Stage)
	}
	q.equal("status", f.Status)
	q.equal("owner", f.Owner)
	return listByID(tx, q, func(d *Deal) string { return d.ID })
}
