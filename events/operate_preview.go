package events

import (
	"fmt"

	"fermata/store"
)

const (
	// previewSamples is how many ids a preview names for each thing that it counts.
	previewSamples = 10
	// previewLook is how many enrollments a preview reads at a time.
	previewLook = 200
)

// OperatePreview counts what an order would do to a selection of enrollments.
type OperatePreview struct {
	Matched  int // selected, also those that nobody had the time to look at
	Examined int
	Complete bool // false when it ran out of time
	Allowed  int  // of Examined
	Refused  int  // of Examined
	Reasons  []RefusedReason
	Samples  []store.Enrollment // of those that are allowed
}

// RefusedReason counts enrollments whose state does not allow an order, for one reason.
type RefusedReason struct {
	Message, Hint string
	Count         int
	Samples       []string // ids
}

// Preview counts what an order would do, by the rules that it would go by, and changes nothing. It
// ends early when stop says so.
func (o *Operator) Preview(tx *store.Tx, order Order, s Selection, stop func() bool) (*OperatePreview, error) {
	p := &OperatePreview{Reasons: []RefusedReason{}, Samples: []store.Enrollment{}}
	until, err := tx.NewestEnrollment()
	if err != nil {
		return nil, fmt.Errorf("read newest enrollment: %w", err)
	}
	f := s.Filter()
	if p.Matched, err = tx.CountEnrollments(f); err != nil {
		return nil, fmt.Errorf("count enrollments: %w", err)
	}
	for at := ""; !p.Complete && !stop(); {
		list, err := tx.WalkEnrollments(f, at, until, previewLook)
		if err != nil {
			return nil, fmt.Errorf("find enrollments: %w", err)
		}
		p.Complete = len(list) < previewLook
		for i := range list {
			e := &list[i]
			at = e.ID
			if !s.keeps(e) {
				p.Matched--
				continue
			}
			d, err := o.look(tx, e, nil)
			if err != nil {
				return nil, err
			}
			p.tell(e, d.may(order))
		}
	}
	return p, nil
}

func (p *OperatePreview) tell(e *store.Enrollment, refused *RefusedError) {
	p.Examined++
	if refused == nil {
		if p.Allowed++; p.Allowed <= previewSamples {
			p.Samples = append(p.Samples, *e)
		}
		return
	}
	p.Refused++
	p.Because(refused.Message, refused.Hint, 1, e.ID)
}

// Because adds n enrollments that are refused for a reason.
func (p *OperatePreview) Because(message, hint string, n int, ids ...string) {
	for i := range p.Reasons {
		if r := &p.Reasons[i]; r.Message == message {
			r.Count += n
			if len(r.Samples) < previewSamples {
				r.Samples = append(r.Samples, ids...)
			}
			return
		}
	}
	p.Reasons = append(p.Reasons, RefusedReason{Message: message, Hint: hint, Count: n, Samples: ids})
}
