package events

import (
	"errors"
	"fmt"
	"maps"
	"sort"
	"time"

	"fermata/store"
)

// ReasonMerged is the reason of enrollments that end because their contact was merged into another.
const ReasonMerged = "merged"

// sourceMerge is where consent comes from that a merge has decided.
const sourceMerge = "merge"

// MergeResult says what a merge did, or would do.
type MergeResult struct {
	Contact *store.Contact
	Changed map[string]Change // of the contact that stays
	Exited  []string          // enrollments of the one that went
	Events  int64             // accepted ones that go on in the log of the one that stays
}

// Merge joins two contacts, which tx has locked in the order of their ids: into stays, from goes.
// Into keeps every value that it has, and from fills its blanks; who unsubscribed or was suppressed
// on either side stays so. Active enrollments of from end as exited, accepted events go on in the
// other log, identifiers of from lead to into.
func Merge(tx *store.Tx, into, from *store.Contact, now time.Time) (MergeResult, error) {
	result := MergeResult{Contact: into}
	var err error
	if result.Exited, err = endAll(tx, from, ReasonMerged, now); err != nil {
		return result, err
	}
	e := newEdit(tx, into, "", now, sourceMerge)
	if err := e.join(from); err != nil {
		return result, err
	}
	if err := checkTags(tx, into, from); err != nil {
		return result, err
	}
	if result.Events, err = tx.MergeContact(into, from); err != nil {
		return result, fmt.Errorf("merge contact %s: %w", from.ID, err)
	}
	if err := putAliases(tx, into, from, now); err != nil {
		return result, err
	}
	done, err := e.finish(false, nil)
	if err != nil {
		return result, err
	}
	result.Changed = done.Changed
	return result, FollowDates(tx, into, now) // deals came along
}

// endAll ends every active enrollment of a contact, tests included, and wakes their runs.
func endAll(tx *store.Tx, c *store.Contact, reason string, now time.Time) (ended []string, err error) {
	active, err := tx.ActiveEnrollments(c.ID)
	if err != nil {
		return nil, fmt.Errorf("read active enrollments of contact %s: %w", c.ID, err)
	}
	for i := range active {
		e, err := tx.LockEnrollment(active[i].ID)
		if err != nil {
			return nil, fmt.Errorf("lock enrollment %s: %w", active[i].ID, err)
		}
		how := Ending{Status: store.StatusExited, Outcome: "neutral", Reason: reason, Now: now, Wake: true}
		if err := end(tx, c, e, how); err != nil {
			return nil, err
		}
		ended = append(ended, e.ID)
	}
	return ended, nil
}

// join fills the contact's blanks from another one.
func (e *edit) join(from *store.Contact) error {
	e.optional("external_id", &e.c.ExternalID, fill(e.c.ExternalID, from.ExternalID))
	e.optional("email", &e.c.Email, fill(e.c.Email, from.Email))
	e.optional("phone", &e.c.Phone, fill(e.c.Phone, from.Phone))
	for name, pair := range map[string]struct {
		own   *string
		other string
	}{
		"first_name": {&e.c.FirstName, from.FirstName}, "last_name": {&e.c.LastName, from.LastName},
		"country": {&e.c.Country, from.Country}, "timezone": {&e.c.Timezone, from.Timezone},
	} {
		e.text(name, pair.own, fill(pair.own, &pair.other))
	}
	if err := e.joinFields(from); err != nil {
		return err
	}
	return e.joinConsent(from)
}

// fill is the other value where there is no own one.
func fill(own, other *string) Text {
	if text(own) != "" || text(other) == "" {
		return Text{}
	}
	return Text{Given: true, Value: text(other)}
}

func (e *edit) joinFields(from *store.Contact) error {
	own, err := decodeObject(e.c.Fields)
	if err != nil {
		return fmt.Errorf("read fields of contact %s: %w", e.c.ID, err)
	}
	others, err := decodeObject(from.Fields)
	if err != nil {
		return fmt.Errorf("read fields of contact %s: %w", from.ID, err)
	}
	for key := range own {
		delete(others, key)
	}
	return e.fields(others)
}

// joinConsent takes over what the other one has said. A no on either side is a no, and so is a
// suppression of an address that the contact does not keep.
func (e *edit) joinConsent(from *store.Contact) error {
	own, err := consentOf(e.c)
	if err != nil {
		return err
	}
	others, err := consentOf(from)
	if err != nil {
		return err
	}
	before, at := maps.Clone(own), e.now
	for channel, address := range map[string]*string{"email": from.Email, "sms": from.Phone} {
		mine, other := own[channel], others[channel]
		suppressed, err := suppressedElsewhere(e.tx, channel, text(address), e.c)
		if err != nil {
			return err
		}
		switch {
		case mine.State == Unsubscribed:
		case other.State == Unsubscribed:
			own[channel] = other
		case suppressed:
			own[channel] = Consent{State: Unsubscribed, At: &at, Source: sourceMerge}
		case mine.State == "" && other.State != "":
			own[channel] = other
		}
	}
	if maps.Equal(before, own) {
		return nil
	}
	e.note("consent", before, own)
	e.c.Consent, err = store.ToJSON(own)
	return err
}

func suppressedElsewhere(tx *store.Tx, channel, address string, c *store.Contact) (bool, error) {
	if address == "" || address == text(c.Email) || address == text(c.Phone) {
		return false, nil
	}
	_, err := tx.Suppression(address, channel)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func checkTags(tx *store.Tx, into, from *store.Contact) error {
	own, err := tx.ContactTags(into.ID)
	if err != nil {
		return fmt.Errorf("read tags of contact %s: %w", into.ID, err)
	}
	others, err := tx.ContactTags(from.ID)
	if err != nil {
		return fmt.Errorf("read tags of contact %s: %w", from.ID, err)
	}
	all := map[string]bool{}
	for _, tag := range append(own, others...) {
		all[tag] = true
	}
	if len(all) > MaxContactTags {
		return &InvalidError{Fields: []FieldError{{
			Pointer: "/from", Message: fmt.Sprintf("the contact would have %d tags, and may have %d", len(all), MaxContactTags),
		}}}
	}
	return nil
}

// putAliases makes the identifiers of a merged contact lead to the one that stays.
func putAliases(tx *store.Tx, into, from *store.Contact, now time.Time) error {
	for kind, value := range map[string]string{
		store.AliasID: from.ID, store.AliasExternalID: text(from.ExternalID), store.AliasEmail: text(from.Email),
	} {
		if value == "" || kind == store.AliasEmail && value == text(into.Email) || kind == store.AliasExternalID && value == text(into.ExternalID) {
			continue
		}
		alias := &store.ContactAlias{Kind: kind, Value: value, ContactID: into.ID, CreatedAt: now}
		if err := tx.PutAlias(alias); err != nil {
			return fmt.Errorf("keep %s of contact %s: %w", kind, from.ID, err)
		}
	}
	return nil
}

// LockTwo locks two contacts in the order of their ids.
func LockTwo(tx *store.Tx, a, b string) (first, second *store.Contact, err error) {
	locked := map[string]*store.Contact{}
	ids := []string{a, b}
	sort.Strings(ids)
	for _, id := range ids {
		if locked[id], err = tx.LockContact(id); err != nil {
			return nil, nil, fmt.Errorf("lock contact %s: %w", id, err)
		}
	}
	return locked[a], locked[b], nil
}
