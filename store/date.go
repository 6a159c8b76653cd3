package store

import "time"

// DateRule is a date trigger of a workflow for as long as it was in force unchanged: from Since to
// Until. What a plan under it fell due for within that time fires, also later.
type DateRule struct {
	ID        string `gorm:"primaryKey"`
	Workflow  string
	TriggerID string
	Field     string // path under contact or deal
	Shift     string // offset as definitions write it
	AtTime    string // 09:00, or ""
	Yearly    bool
	Timezone  string // setting of the workflow
	Since     time.Time
	Until     *time.Time // nil: in force
	Planned   bool       // every contact has been looked at
}

// DatePlan is when a rule fires next for a contact, or for one deal of a contact. Without DueAt it
// only notes, while the contacts are being looked at, that this one was and that nothing comes.
type DatePlan struct {
	RuleID     string `gorm:"primaryKey"`
	ContactID  string `gorm:"primaryKey"`
	DealID     string `gorm:"primaryKey"` // "" for a field of the contact
	DueAt      *time.Time
	Token      string // of the claim; "" when free
	LeaseUntil *time.Time
}

// AddDateRule puts a rule into force; ErrConflict when the trigger has one.
func (tx *Tx) AddDateRule(r *DateRule) error {
	if r.ID == "" {
		r.ID = NewID("dr")
	}
	return tx.insert(r)
}

// DateRule returns one rule.
func (tx *Tx) DateRule(id string) (*DateRule, error) { return first[DateRule](tx, "id = ?", id) }

// DateRules lists the rules in force, of one workflow or, with "", of all.
func (tx *Tx) DateRules(workflow string) ([]DateRule, error) {
	return all[DateRule](tx, "WHERE until IS NULL AND (? = '' OR workflow = ?) ORDER BY workflow, trigger_id", workflow, workflow)
}

// EndDateRule ends a rule that is in force.
func (tx *Tx) EndDateRule(id string, until time.Time) error {
	return tx.remove("UPDATE date_rules SET until = ? WHERE id = ? AND until IS NULL", until, id)
}

// FinishDateRule notes that every contact has been looked at, and drops what was only noted meanwhile.
func (tx *Tx) FinishDateRule(id string) error {
	if _, err := tx.exec("UPDATE date_rules SET planned = ? WHERE id = ?", true, id); err != nil {
		return err
	}
	_, err := tx.exec("DELETE FROM date_plans WHERE rule_id = ? AND due_at IS NULL", id)
	return err
}

// ClearDateRule drops at most limit plans of a rule that has ended, except those that fell due
// before its end, and returns how many it dropped. The rule stays: somebody may just be planning by it.
func (tx *Tx) ClearDateRule(id string, limit int) (int64, error) {
	return tx.exec(`DELETE FROM date_plans WHERE rule_id = ? AND (contact_id, deal_id) IN (
			SELECT p.contact_id, p.deal_id FROM date_plans p JOIN date_rules r ON r.id = p.rule_id
			WHERE r.id = ? AND r.until IS NOT NULL AND (p.due_at IS NULL OR p.due_at > r.until)
			ORDER BY p.contact_id, p.deal_id LIMIT ?)`, id, id, limit)
}

// DatePlans lists the plans of a rule for one contact.
func (tx *Tx) DatePlans(rule, contact string) ([]DatePlan, error) {
	return all[DatePlan](tx, "WHERE rule_id = ? AND contact_id = ? ORDER BY deal_id", rule, contact)
}

// DatePlan returns one plan.
func (tx *Tx) DatePlan(rule, contact, deal string) (*DatePlan, error) {
	return first[DatePlan](tx, "rule_id = ? AND contact_id = ? AND deal_id = ?", rule, contact, deal)
}

// PutDatePlan makes a plan, or replaces it and ends the claim on it. The contact must be locked.
func (tx *Tx) PutDatePlan(p *DatePlan) error { return tx.upsert(p, "rule_id", "contact_id", "deal_id") }

// AddDatePlan makes a plan unless there is one. The contact must be locked.
func (tx *Tx) AddDatePlan(p *DatePlan) error {
	_, err := tx.insertNew(p)
	return err
}

// DropDatePlan drops a plan; one that is not there is no error. The contact must be locked.
func (tx *Tx) DropDatePlan(rule, contact, deal string) error {
	_, err := tx.exec("DELETE FROM date_plans WHERE rule_id = ? AND contact_id = ? AND deal_id = ?", rule, contact, deal)
	return err
}

// ClaimDatePlans claims up to n plans that are due at now for the time of the lease, the longest due
// first. The plans come back without their instants.
func (tx *Tx) ClaimDatePlans(n int, now time.Time, lease time.Duration) ([]DatePlan, error) {
	if !tx.write {
		return nil, ErrReadOnly
	}
	rows := []DatePlan{}
	_, err := tx.scan(&rows, `WITH free AS MATERIALIZED (
			SELECT rule_id, contact_id, deal_id FROM date_plans
			WHERE due_at <= ? AND (lease_until IS NULL OR lease_until <= ?)
			ORDER BY due_at LIMIT ?`+tx.rowLock(" SKIP LOCKED")+`)
		UPDATE date_plans SET token = ?, lease_until = ?
		WHERE (rule_id, contact_id, deal_id) IN (SELECT rule_id, contact_id, deal_id FROM free)
		RETURNING rule_id, contact_id, deal_id, token`,
		now, tx.stable(), n, NewID("claim"), tx.clock(lease))
	return rows, err
}
